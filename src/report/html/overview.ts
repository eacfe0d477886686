import { kind } from './header.ts';
import { type Html, html } from './markup.ts';
import { type HuntEntry, isFolded, queriesByOutcome } from './ranking.ts';
import { hitsOf, stateWord } from './states.tsx';

/** Parts of a report that not every one has. */
interface Parts {
  readonly hasAccount: boolean;
  readonly hasOrigins: boolean;
}

/** Every query by its outcome, linked to its section. */
export function overview(hunts: readonly HuntEntry[], { hasAccount, hasOrigins }: Parts): Html {
  const groups = queriesByOutcome(hunts).map(({ outcome, queries }) => {
    const heading = html`<h2>${stateWord(outcome, queries.length.toLocaleString('en'))}</h2>`;
    const list = html`<ul>${queries.map(
      ({ id, label, result }) => html`<li><a href="#${id}"><span>${label}</span>${
        outcome === 'hits' && html` <b>${hitsOf(result).toLocaleString('en')}</b>`
      }</a></li>
`,
    )}</ul>`;
    return html`<section class="${kind(outcome)}">
${isFolded(outcome) ? html`<details><summary>${heading}</summary>${list}</details>` : html`${heading}${list}`}
</section>`;
  });
  return html`<nav aria-label="Hunts">${hasOrigins && html`<section><ul><li><a href="#origins"><span>By host and by user</span></a></li></ul></section>`}${groups}
<section><h2>Run</h2><ul>${hasAccount && html`<li><a href="#account"><span>Asked and left out</span></a></li>`}<li><a href="#data"><span>Data</span></a></li><li><a href="#again"><span>How to do it again</span></a></li></ul></section>
</nav>`;
}
