import { count } from '../../values/quantities.ts';
import { type Origin, type Origins, originsOf } from '../origins.ts';
import { type Html, html } from './markup.ts';
import type { HuntEntry } from './ranking.ts';

/** Hosts and users that are shown at once, and at all. */
const firstShown = 20;
const mostShown = 500;

/** Which hosts and users the hits are of, and which hunts found them there; null where no hit names one. */
export function originsSection(hunts: readonly HuntEntry[]): Html | null {
  const found = hunts.flatMap((hunt) => hunt.queries.map(({ result }) => [hunt, result] as const));
  const known = originsOf(found).filter(({ origins }) => origins.length > 0);
  if (known.length === 0) return null;
  return html`<section class="origins" id="origins" aria-label="Hits by host and by user">${known.map(originTable)}</section>
`;
}

function originTable({ kind, origins, unknown }: Origins<HuntEntry>): Html {
  const first = origins.slice(0, firstShown);
  const more = origins.slice(firstShown, mostShown);
  return html`<section class="run">
<h2>By ${kind} <span class="muted">${origins.length.toLocaleString('en')}</span></h2>
${rowsOf(kind, first)}
${more.length > 0 && html`<details><summary>${count(more.length, `more ${kind}`)}</summary>${rowsOf(kind, more)}</details>`}
${origins.length > mostShown && html`<p class="legend">The ${mostShown} with most hunts and hits.</p>`}
${unknown > 0 && html`<p class="legend">${count(unknown, 'hit')} of several ${kind}s or of an unknown one.</p>`}
</section>`;
}

const rowsOf = (kind: string, origins: readonly Origin<HuntEntry>[]): Html =>
  html`<div class="scroll"><table class="plain"><thead><tr><th>${kind === 'host' ? 'Host' : 'User'}</th><th class="number">Hunts</th><th class="number">Hits</th><th>Found by</th></tr></thead>
<tbody>${origins.map(
    ({ name, hits, hunts }) =>
      html`<tr><th scope="row">${name}</th><td class="number">${hunts.length}</td><td class="number">${hits.toLocaleString('en')}</td><td><ul>${hunts.map(
        ({ hunt, hits }) =>
          html`<li><a href="#${hunt.id}">${hunt.name}</a> <span class="muted">${hits.toLocaleString('en')}</span></li>`,
      )}</ul></td></tr>
`,
  )}</tbody></table></div>`;
