import { cellText } from '../../values/json.ts';
import { count } from '../../values/quantities.ts';
import { type CellValue, type EsqlType, isNumeric, type QueryResult, type ResultColumn } from '../../values/types.ts';
import { visible } from '../../values/visible.ts';
import { wireCell } from '../../values/wire-cell.ts';
import { cellWords } from '../../view/value.tsx';
import { dataBlock, type Html, html } from './markup.ts';
import { sortRanks } from './sort-ranks.ts';
import { type CellData, firstRows, longText, type TableData } from './table-data.ts';

/** Maximum rows on the page; beyond them a browser is no place for a table. */
const mostRows = 50_000;

/**
 * Hits as a table that a reader can sort, filter and copy. The first rows are markup, which can be read without a script;
 * the others are data until somebody asks for them: as markup they would take a browser seconds.
 */
export function resultTable({ columns, values }: Pick<QueryResult, 'columns' | 'values'>): Html {
  if (columns.length === 0) return html`<p class="muted">${count(values.length, 'row')} without columns.</p>`;
  const rows = values.slice(0, mostRows);
  const cells = (row: readonly CellValue[]): CellData[] => row.map((value, c) => cellData(value, columns[c]!));
  const classes = columns.map(classOf);
  const body = rows.slice(0, firstRows).map(
    (row, r) => html`<tr><td class="row">${r + 1}</td>${cells(row).map((data, c) => cell(data, classes[c]!))}</tr>
`,
  );
  const data: TableData = {
    rows: rows.slice(firstRows).map(cells),
    ranks: columns.map(({ type }, i) =>
      sortRanks(
        rows.map((row) => row[i]!),
        type,
      ),
    ),
  };
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
<table class="sortable" data-rows="${rows.length}">
<thead><tr><th class="row"><button type="button" title="Sort by row number">#</button></th>${columns.map(heading)}</tr></thead>
<tbody>
${body}</tbody>
</table>
</div>
<p class="js-only more"><button class="show-more" type="button" hidden>Show more</button></p>
${dataBlock(data)}
</div>`;
}

const status = (rows: number): string =>
  rows > firstRows ? `${firstRows} of ${count(rows, 'row')}` : count(rows, 'row');

function heading(column: ResultColumn): Html {
  const { name, type } = column;
  return html`<th class="${classOf(column)}"><button type="button" title="Sort by ${name} (${type})">${name}</button></th>`;
}

/** A cell in words, with its raw value where the words are others: that is what is copied. */
function cellData(value: CellValue, { name, type }: ResultColumn): CellData {
  const words = cellWords(wireCell(value), type, name);
  const raw = visible(cellText(value, type));
  return raw === words ? words : [words, raw];
}

function cell(data: CellData, className: string): Html {
  const [words, raw] = typeof data === 'string' ? [data, null] : data;
  const title = raw ?? (words.length > longText ? words : null);
  return html`<td${className !== '' && html` class="${className}"`}${title !== null && html` title="${title}"`}${raw !== null && html` data-raw="${raw}"`}>${words}</td>`;
}

/** Numbers stand at the right; ids and hashes, which nobody reads to their end, are narrow. */
function classOf({ name, type }: { readonly name: string; readonly type: EsqlType }): string {
  if (isNumeric(type)) return 'number';
  return /(?:[._]id|hash\.\w+|\.(?:md5|sha1|sha256))$/.test(name) ? 'id' : '';
}
