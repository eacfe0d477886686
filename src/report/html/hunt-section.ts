import { type Attack, attackPage } from '../../hunts/attack.ts';
import type { Hunt } from '../../hunts/hunt.ts';
import { reasonOf } from '../library-summary.ts';
import { kind } from './header.ts';
import { type Html, html, link } from './markup.ts';
import { phrase, prose } from './prose.ts';
import { querySection } from './query-section.ts';
import { type HuntEntry, isFolded } from './ranking.ts';
import { huntHeading } from './states.tsx';

/** A hunt: what it is, what came of each of its queries, and what its author has to say. */
export function huntSection(entry: HuntEntry, attack: Attack | undefined): Html {
  const { id, name, hunt, outcome, queries } = entry;
  const several = queries.length > 1;
  const heading = html`<div class="heading">${huntHeading(entry)}</div>`;
  const body = html`${hunt && about(hunt, attack)}
${queries.map((query, i) => querySection(query, several ? `Query ${i + 1} of ${queries.length}` : null))}
${hunt && words(hunt)}`;
  if (!isFolded(outcome))
    return html`<article class="hunt ${kind(outcome)}" id="${id}">
${heading}
${body}
</article>
`;
  // What a fold holds has the id: a link to it opens the fold.
  return html`<details class="hunt ${kind(outcome)}"><summary>${heading}${why(entry)}</summary>
<article id="${id}" aria-label="${name}">${body}</article>
</details>
`;
}

/** Why a hunt cannot tell, in its line. */
const why = ({ outcome, queries }: HuntEntry): Html | false =>
  outcome === 'cannot tell' &&
  html`<p class="reason">${phrase(reasonOf(queries.find(({ result }) => result.outcome === outcome)!.result))}</p>`;

function about({ uuid, author, description, mitre, integration, license }: Hunt, attack: Attack | undefined): Html {
  const facts = [uuid && html`<code>${uuid}</code>`, author && html`by ${author}`, license && html`${license}`];
  const shown = facts.filter((fact) => fact !== null && fact !== '');
  return html`${shown.length > 0 && html`<p class="about">${shown.map((fact) => html`<span>${fact}</span> `)}</p>`}
${description && html`<div class="description">${prose(description)}</div>`}
${
  mitre.length + integration.length > 0 &&
  html`<ul class="chips" aria-label="Techniques and data sources">${mitre.map((technique) => html`<li class="technique">${techniqueLink(technique, attack)}</li>`)}${integration.map((source) => html`<li title="Data source">${source}</li>`)}</ul>`
}`;
}

/** Techniques and tactics lead to ATT&CK, those of machine learning to ATLAS; any other id is text. */
function techniqueLink(id: string, attack: Attack | undefined): Html {
  const page = attackPage(id);
  const name = attack?.name(id) ?? null;
  const text = name === null ? id : `${id} ${name}`;
  return page === null ? html`${text}` : link(page, text);
}

function words({ notes, references }: Hunt): Html {
  return html`${
    notes.length > 0 &&
    html`<details><summary>Author’s notes <span class="muted">${notes.length}</span></summary><ul class="notes">${notes.map((note) => html`<li>${phrase(note)}</li>`)}</ul></details>`
  }
${
  references.length > 0 &&
  html`<details><summary>References <span class="muted">${references.length}</span></summary><ul class="references">${references.map((reference) => html`<li>${link(reference.trim())}</li>`)}</ul></details>`
}`;
}
