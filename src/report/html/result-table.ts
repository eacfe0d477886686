import { cellText } from '../../values/json.ts';
import { count } from '../../values/quantities.ts';
import { type EsqlType, isNumeric, type QueryResult, type ResultColumn } from '../../values/types.ts';
import { visible } from '../../values/visible.ts';
import { type Html, html } from './markup.ts';
import { sortRanks } from './sort-ranks.ts';

/** Maximum rows on the page; beyond them a browser is no place for a table. */
const mostRows = 50_000;
/** Rows shown before more are asked for: sorting and filtering go over all that are on the page. */
const firstRows = 200;
/** Texts longer than this are cut on the screen, and are whole when one points at them. */
const longText = 30;

/** Hits as a table that a reader can sort, filter and copy. Without a script its first rows can still be read. */
export function resultTable({ columns, values }: Pick<QueryResult, 'columns' | 'values'>): Html {
  if (columns.length === 0) return html`<p class="muted">${count(values.length, 'row')} without columns.</p>`;
  const rows = values.slice(0, mostRows);
  const ranks = columns.map(({ type }, i) =>
    sortRanks(
      rows.map((row) => row[i]!),
      type,
    ),
  );
  const classes = columns.map(classOf);
  const body = rows.map((row, r) => {
    const cells = row.map((value, c) => cell(cellText(value, columns[c]!.type), ranks[c]![r]!, classes[c]!));
    return html`<tr${r >= firstRows && html` hidden`}><td class="row">${r + 1}</td>${cells}</tr>
`;
  });
  return html`<div class="result">
<div class="tools">
<input class="js-only filter" type="search" placeholder="Filter rows" aria-label="Filter rows" autocomplete="off" spellcheck="false">
<span class="status" role="status">${status(rows.length)}</span>
<button class="js-only wrap-values" type="button" aria-pressed="false">Wrap values</button>
<button class="js-only copy-rows" type="button">Copy rows</button>
</div>
${
  rows.length < values.length &&
  html`<p class="callout caution">The result has ${count(values.length, 'row')}; the first ${mostRows.toLocaleString('en')} are here. --format csv or ndjson has them all.</p>`
}
<div class="scroll" tabindex="0" role="group" aria-label="Rows">
<table class="sortable n-last">
<thead><tr><th class="row"><button type="button" title="Sort by row number">#</button></th>${columns.map(heading)}</tr></thead>
<tbody>
${body}</tbody>
</table>
</div>
<p class="js-only more"><button class="show-more" type="button" hidden>Show more</button></p>
</div>`;
}

const status = (rows: number): string =>
  rows > firstRows ? `${firstRows} of ${count(rows, 'row')}` : count(rows, 'row');

function heading(column: ResultColumn): Html {
  const { name, type } = column;
  return html`<th class="${classOf(column)}"><button type="button" title="Sort by ${name} (${type})">${name}</button></th>`;
}

function cell(text: string, rank: number | null, className: string): Html {
  const seen = visible(text);
  const title = seen.length > longText && html` title="${seen}"`;
  return html`<td${className !== '' && html` class="${className}"`} data-sort="${rank}"${title}>${seen}</td>`;
}

/** Numbers stand at the right; ids and hashes, which nobody reads to their end, are narrow. */
function classOf({ name, type }: { readonly name: string; readonly type: EsqlType }): string {
  if (isNumeric(type)) return 'number';
  return /(?:[._]id|hash\.\w+|\.(?:md5|sha1|sha256))$/.test(name) ? 'id' : '';
}
