import type { Verdict } from '../../coverage/coverage.ts';
import type { HuntCoverage } from '../../coverage/hunt-coverage.ts';
import type { TimeFault } from '../../coverage/time-faults.ts';
import { count } from '../../values/quantities.ts';
import type { Assets } from '../html/assets.ts';
import { coverageDetails } from '../html/coverage.ts';
import { brand, documentHead } from '../html/document.ts';
import { type Html, html, inline } from '../html/markup.ts';
import { phrase, timeText } from '../html/prose.ts';
import { stateWord } from '../html/states.tsx';
import type { CoverageReport, CoverageWriter } from './coverage-report.ts';

type Group = Verdict | 'failed';
const groups: readonly Group[] = ['ready', 'partial', 'blind', 'failed'];
const headings: Readonly<Record<Group, string>> = {
  ready: 'Ready',
  partial: 'Partial',
  blind: 'Blind',
  failed: 'Wrong query',
};
const words: Readonly<Record<Group, string>> = {
  ready: 'ready: the data has all they ask for',
  partial: 'partial: some of the answer is missing',
  blind: 'blind: no hit could come out',
  failed: 'with a wrong query',
};

interface Entry {
  readonly id: string;
  readonly group: Group;
  readonly coverage: HuntCoverage;
}

/** A page in one file: what the data can answer at a glance, and for every hunt what is missing and what fixes it. */
export const coverageHtml = ({ style, page }: Assets): CoverageWriter =>
  function* (report) {
    const entries = report.hunts.map(
      (coverage, i): Entry => ({
        id: `hunt${i + 1}`,
        group: coverage.error === null ? coverage.verdict : 'failed',
        coverage,
      }),
    );
    const sorted = groups.flatMap((group) => entries.filter((entry) => entry.group === group));
    const ready = entries.filter(({ group }) => group === 'ready').length;
    const headline = `${ready.toLocaleString('en')} of ${count(entries.length, 'hunt')} can be answered`;
    yield html`${documentHead(headline, style, [page])}${header(report, headline, sorted)}
<div class="frame">
${navigation(sorted)}
<main id="main">
`.text;
    if (report.timeFaults.length > 0) yield timeSection(report.timeFaults).text;
    for (const entry of sorted) yield huntSection(entry).text;
    yield html`</main>
</div>
${inline('script', page)}
</body>
</html>
`.text;
  };

function header({ now, timeFaults }: CoverageReport, headline: string, entries: readonly Entry[]): Html {
  const tiles = groups.map((group) => {
    const those = entries.filter((entry) => entry.group === group);
    const inner = html`<b>${those.length.toLocaleString('en')}</b> <span>${words[group]}</span>`;
    return those.length > 0
      ? html`<li class="${group}"><a href="#${those[0]!.id}">${inner}</a></li>`
      : html`<li class="${group} zero">${inner}</li>`;
  });
  return html`<header class="top">
${brand(null)}
<h1>${headline}</h1>
<p class="as-of">Coverage of the data as of <b>${timeText(now)}</b></p>
${
  timeFaults.length > 0 &&
  html`<p class="callout caution banner"><a href="#times">${count(timeFaults.length, 'time')} in the data ${timeFaults.length === 1 ? 'looks' : 'look'} wrong</a></p>`
}
<ul class="tally" aria-label="Verdicts on ${count(entries.length, 'hunt')}">${tiles}</ul>
</header>`;
}

function navigation(entries: readonly Entry[]): Html {
  const section = (group: Group): Html | null => {
    const those = entries.filter((entry) => entry.group === group);
    if (those.length === 0) return null;
    return html`<section class="${group}">
<h2>${headings[group]} <span class="muted">${those.length}</span></h2>
<ul>${those.map(({ id, coverage }) => html`<li><a href="#${id}"><span>${coverage.hunt.name}</span></a></li>\n`)}</ul>
</section>`;
  };
  return html`<nav aria-label="Hunts">${groups.map(section)}</nav>`;
}

const timeSection = (faults: readonly TimeFault[]): Html => html`<section class="run" id="times">
<h2>Times that look wrong</h2>
<ul class="gaps">${faults.map(({ message }) => html`<li class="partial">${phrase(message)}</li>`)}</ul>
</section>
`;

function huntSection({ id, group, coverage: { hunt, queries, error } }: Entry): Html {
  const several = queries.length > 1;
  return html`<article class="hunt ${group}" id="${id}">
<header>
<div class="heading"><h2>${hunt.name}</h2> ${stateWord(group)}</div>
${hunt.uuid && html`<p class="about"><code>${hunt.uuid}</code></p>`}
</header>
${error !== null && html`<pre class="callout failed">${error}</pre>`}
${queries.map((query, i) => html`<section class="query">${several && html`<h3>Query ${i + 1} of ${queries.length}</h3>`}${coverageDetails(query)}</section>`)}
</article>
`;
}
