import type { CoverageGap, CoverageNote, EmptyField, QueryCoverage, WindowCoverage } from '../../coverage/coverage.ts';
import { type Html, html } from './markup.ts';
import { phrase, timeText } from './prose.ts';
import { stateWord } from './states.tsx';

const meanings = {
  ready: 'the data can answer this query',
  partial: 'the data can answer this query in part',
  blind: 'the data cannot answer this query',
} as const;

/** What the data can say to a query: open where it is not all. */
export function coverageDetails(coverage: QueryCoverage): Html {
  const { verdict, missingIndices, missingFields, emptyFields, absentValues, window, gaps, notes = [] } = coverage;
  return html`<details class="coverage"${verdict !== 'ready' && html` open`}>
<summary>Coverage ${stateWord(verdict)} <span class="muted">${meanings[verdict]}</span></summary>
${gaps.length + notes.length > 0 && html`<ul class="gaps">${gaps.map(gapItem)}${notes.map(noteItem)}</ul>`}
<dl class="facts">
${windowFact(window)}
${names('Indices that are not there', missingIndices)}
${names('Fields that no event carries', missingFields)}
${names('Values that no event has', absentValues)}
</dl>
${emptyFields.length > 0 && emptyFieldTable(emptyFields)}
</details>`;
}

const gapItem = ({ verdict, message, remedy }: CoverageGap): Html =>
  html`<li class="${verdict}"><b>${phrase(message)}</b> <span class="remedy">${phrase(remedy)}</span></li>`;

const noteItem = ({ message, remedy }: CoverageNote): Html =>
  html`<li>${phrase(message)}${remedy !== null && html` <span class="remedy">${phrase(remedy)}</span>`}</li>`;

function names(term: string, all: readonly string[]): Html | null {
  return all.length === 0
    ? null
    : html`<div><dt>${term}</dt><dd>${all.map((name) => html`<code>${name}</code> `)}</dd></div>`;
}

function windowFact({ from, to, covered }: WindowCoverage): Html | null {
  if (from === null && to === null && covered === null) return null;
  const span = html`${from === null ? 'the beginning' : timeText(from)} to ${to === null ? 'the end' : timeText(to)}`;
  return html`<div><dt>Window</dt><dd>${span}${
    covered !== null && html`<span class="nowrap">${bar(covered)} ${percent(covered)} covered</span>`
  }</dd></div>`;
}

function emptyFieldTable(fields: readonly EmptyField[]): Html {
  return html`<div class="scroll"><table class="plain">
<caption>Fields that hardly any of the relevant events carry</caption>
<thead><tr><th>Field</th><th>Index</th><th>Platform</th><th class="number">Events</th><th>Share that carries it</th></tr></thead>
<tbody>${fields.map(
    ({ field, index, platform, events, share }) =>
      html`<tr><td><code>${field}</code></td><td>${index}</td><td>${platform}</td><td class="number">${events.toLocaleString('en')}</td><td class="nowrap">${bar(share)} ${percent(share)}</td></tr>`,
  )}</tbody>
</table></div>`;
}

/** A share, from zero to one, drawn. */
const bar = (share: number): Html =>
  html`<svg class="bar" viewBox="0 0 100 8" width="100" height="8" preserveAspectRatio="none" aria-hidden="true"><rect class="all" width="100" height="8" rx="2"/><rect class="share" width="${(Math.min(1, Math.max(0, share)) * 100).toFixed(1)}" height="8" rx="2"/></svg>`;

/** Some is never shown as none, and not quite all never as all. */
function percent(share: number): string {
  if (share > 0 && share < 0.001) return 'under 0.1%';
  if (share < 1 && share > 0.999) return 'over 99.9%';
  return `${Number((share * 100).toFixed(1))}%`;
}
