import { type Attack, attackPage } from '../../hunts/attack.ts';
import type { Hunt } from '../../hunts/hunt.ts';
import { outcomeText } from '../outcomes.ts';
import { kind } from './header.ts';
import { type Html, html, link } from './markup.ts';
import { phrase, prose } from './prose.ts';
import { querySection } from './query-section.ts';
import type { HuntEntry } from './ranking.ts';

/** A hunt: what it is, what came of each of its queries, and what its author has to say. */
export function huntSection({ id, name, hunt, outcome, queries }: HuntEntry, attack: Attack | undefined): Html {
  const several = queries.length > 1;
  return html`<article class="hunt ${kind(outcome)}" id="${id}">
<header>
<h2>${name}</h2>${!several && html` <span class="badge ${kind(outcome)}">${outcomeText(queries[0]!.result)}</span>`}
${hunt && about(hunt, attack)}
</header>
${queries.map((entry, i) => querySection(entry, several ? `Query ${i + 1} of ${queries.length}` : null))}
${hunt && words(hunt)}
</article>
`;
}

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
