import { remarksOf } from '../../coverage/coverage.ts';
import { count } from '../../values/quantities.ts';
import type { HiddenRows, HuntResult } from '../report.ts';
import { shownWarnings } from '../shown-warnings.ts';
import { contextLegend, withContext } from '../with-context.ts';
import { withJudgements } from '../with-judgements.ts';
import { charts } from './charts.tsx';
import { coverageDetails } from './coverage.ts';
import { type Html, html } from './markup.ts';
import { processTrees } from './process-trees.ts';
import { code, phrase } from './prose.ts';
import { queryText } from './query-text.ts';
import type { QueryEntry } from './ranking.ts';
import { resultTable } from './result-table.ts';
import { queryHeading } from './states.tsx';

/** What came of one query: its hits, what they look like, and whether the data can answer it at all. */
export function querySection({ id, result }: QueryEntry, title: string | null): Html {
  const { evidence, coverage, text } = result;
  return html`<section class="query"${title !== null && html` id="${id}"`}>
${title !== null && html`<div class="heading">${queryHeading(title, result)}</div>`}
${answer(result)}
${remarks(result)}
${result.hidden.length > 0 && hiddenRows(result.hidden)}
${result.drillDown !== null && hasRows(result) && drillDown(result.drillDown)}
${evidence && charts(evidence)}
${evidence && processTrees(evidence.trees, id)}
${coverage && coverageDetails(coverage)}
<details><summary>Query${result.result && html` <span class="muted">took ${result.result.tookMs.toLocaleString('en')} ms</span>`}</summary>${code(queryText(text), 'esql')}</details>
</section>`;
}

const hasRows = ({ result }: HuntResult): boolean => result !== null && result.values.length > 0;

function answer(result: HuntResult): Html {
  const { outcome, error, unread } = result;
  if (error !== null) return html`<pre class="callout failed">${error}</pre>`;
  if (outcome === 'interrupted')
    return html`<p class="callout interrupted">Not finished: the run was interrupted.</p>${hasRows(result) && rows(result)}`;
  if (result.result && hasRows(result)) return rows(result);
  if (result.leftOut !== undefined) return html`${leftOut(result)}`;
  return outcome === 'cannot tell'
    ? html`<p class="callout cannot-tell"><b>No hits${unread !== undefined && ' in what was read'}, but the data cannot tell.</b> The reasons are below.</p>`
    : html`<p class="callout none">No hits.</p>`;
}

/** Rows that are not in the report. */
const leftOut = ({ leftOut }: HuntResult): Html | null =>
  leftOut === undefined
    ? null
    : html`<p class="callout caution">${count(leftOut, 'row')} ${leftOut === 1 ? 'is' : 'are'} left out: nobody has judged ${leftOut === 1 ? 'it' : 'them'}.</p>`;

/** Hits, with where their events come from. */
const rows = (result: HuntResult): Html =>
  html`${leftOut(result)}${resultTable(withJudgements(withContext(result)!, result.judgements))}${result.context != null && html`<p class="legend">${contextLegend}</p>`}`;

/** Warnings of the language and notes of ours. A limit that could have cut is not reported; one that did has a note. */
function remarks({ result, notes, coverage }: HuntResult): Html {
  const warnings = shownWarnings(result);
  // Coverage says these below.
  const said = new Set(coverage ? remarksOf(coverage) : []);
  return html`${notes.filter((note) => !said.has(note)).map((note) => html`<p class="callout note"><b>Note</b> ${phrase(note)}</p>`)}
${
  warnings.length > 0 &&
  html`<details class="warnings"${warnings.length <= 3 && html` open`}><summary>${count(warnings.length, 'warning')}</summary><ul>${warnings.map((warning) => html`<li>${phrase(warning)}</li>`)}</ul></details>`
}`;
}

function hiddenRows(hidden: readonly HiddenRows[]): Html {
  const rows = hidden.reduce((sum, one) => sum + one.rows, 0);
  return html`<details class="hidden-rows"><summary>${count(rows, 'row')} hidden by ${count(hidden.length, 'entry', 'entries')} of the allow-list</summary>
<div class="scroll"><table class="plain"><thead><tr><th class="number">Rows</th><th>Entry</th><th>Reason</th></tr></thead>
<tbody>${hidden.map((one) => html`<tr><td class="number">${one.rows.toLocaleString('en')}</td><td><code>${one.entry}</code></td><td>${phrase(one.reason)}</td></tr>`)}</tbody></table></div></details>`;
}

/** The command for the events behind a row; the page's script puts the chosen row in the place of `N`. */
function drillDown(command: string): Html {
  const [, before, after] = /^(.*--row[ =])N(?!\S)(.*)$/s.exec(command) ?? /^(.*?\s)N(?!\S)(.*)$/s.exec(command) ?? [];
  const text = before === undefined ? html`${command}` : html`${before}<var class="row-number">N</var>${after ?? ''}`;
  return html`<div class="drill-down"><p>The events behind a row <label class="js-only">Row <input type="number" min="1" value="1" inputmode="numeric"></label></p>${code(text)}</div>`;
}
