import type { Format } from '../report.ts';
import { accountSection } from './account.ts';
import type { Assets } from './assets.ts';
import { documentHead } from './document.ts';
import { headline, pageHeader } from './header.ts';
import { huntSection } from './hunt-section.ts';
import { html, inline } from './markup.ts';
import { originsSection } from './origins.ts';
import { overview } from './overview.ts';
import { rankHunts } from './ranking.ts';
import { dataSection, provenanceSection } from './run-sections.ts';

/**
 * A page in one file that needs nothing else: the hosts and users of the hits, then hunts ranked by what they found, with
 * tables, charts and process trees.
 * Everything that comes from events or hunts is text in it, and its policy keeps a browser from fetching anything.
 */
export const htmlFormat = ({ style, page }: Assets): Format =>
  function* (report, _surface, alone) {
    const scripts = [page];
    const hunts = rankHunts(report.results);
    const origins = alone ? null : originsSection(hunts);
    const day = report.now.toISOString().slice(0, 10);
    yield html`${documentHead(`${report.title ?? headline(report, alone)}, ${day}`, style, scripts)}${pageHeader(report, hunts, alone)}
${origins}<div class="frame">
${!alone && overview(hunts, { hasAccount: report.account !== undefined, hasOrigins: origins !== null })}
<main id="main">
`.text;
    for (const hunt of hunts) yield huntSection(hunt, report.attack).text;
    yield html`${accountSection(report)}
${dataSection(report.load)}
${provenanceSection(report)}
</main>
</div>
${scripts.map((script) => inline('script', script))}
</body>
</html>
`.text;
  };
