import type { Format } from '../report.ts';
import { type Assets, contentSecurityPolicy } from './assets.ts';
import { hasCharts } from './charts.ts';
import { headline, icon, pageHeader } from './header.ts';
import { huntSection } from './hunt-section.ts';
import { html, inline } from './markup.ts';
import { overview } from './overview.ts';
import { rankHunts } from './ranking.ts';
import { dataSection, provenanceSection } from './run-sections.ts';

/**
 * A page in one file that needs nothing else: hunts ranked by what they found, with tables, charts and process trees.
 * Everything that comes from events or hunts is text in it, and its policy keeps a browser from fetching anything.
 */
export const htmlFormat = ({ style, page, charts }: Assets): Format =>
  function* (report, _surface, alone) {
    const drawn = report.results.some(({ evidence }) => hasCharts(evidence));
    const scripts = drawn ? [page, charts] : [page];
    const hunts = rankHunts(report.results);
    const day = report.now.toISOString().slice(0, 10);
    yield html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy(style, scripts)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${headline(report, alone)}, ${day} - Harrier</title>
<link rel="icon" href="${icon}">
${inline('style', style)}
</head>
<body>
<a class="skip" href="#main">Skip to the results</a>
${pageHeader(report, hunts, alone)}
<div class="frame">
${!alone && overview(hunts)}
<main id="main">
`.text;
    for (const hunt of hunts) yield huntSection(hunt).text;
    yield html`${dataSection(report.load)}
${provenanceSection(report)}
</main>
</div>
${scripts.map((script) => inline('script', script))}
</body>
</html>
`.text;
  };
