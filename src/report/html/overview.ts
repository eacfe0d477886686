import { outcomeText } from '../outcomes.ts';
import type { Outcome } from '../report.ts';
import { kind } from './header.ts';
import { type Html, html } from './markup.ts';
import { type HuntEntry, queriesByOutcome } from './ranking.ts';

const headings: Readonly<Record<Outcome, string>> = {
  hits: 'Hits',
  'cannot tell': 'Cannot tell',
  failed: 'Failed',
  interrupted: 'Interrupted',
  none: 'No hits',
};

/** Every query by its outcome, linked to its section. */
export function overview(hunts: readonly HuntEntry[], hasAccount: boolean): Html {
  const groups = queriesByOutcome(hunts).map(
    ({ outcome, queries }) => html`<section class="${kind(outcome)}">
<h2>${headings[outcome]} <span class="muted">${queries.length}</span></h2>
<ul>${queries.map(
      ({ id, label, result }) => html`<li><a href="#${id}"><span>${label}</span>${
        result.outcome === 'hits' &&
        html` <b title="${outcomeText(result)}">${result.result?.values.length.toLocaleString('en') ?? ''}</b>`
      }${
        result.coverage &&
        result.coverage.verdict !== 'ready' &&
        html` <small class="verdict ${result.coverage.verdict}">${result.coverage.verdict}</small>`
      }</a></li>
`,
    )}</ul>
</section>`,
  );
  return html`<nav aria-label="Hunts">${groups}
<section><h2>Run</h2><ul>${hasAccount && html`<li><a href="#account"><span>Asked and left out</span></a></li>`}<li><a href="#data"><span>Data</span></a></li><li><a href="#again"><span>How to do it again</span></a></li></ul></section>
</nav>`;
}
