import { type CellData, firstRows, longText, type TableData } from '../table-data.ts';
import { copy } from './copy.ts';

/** Rows added on request; sorting and filtering go over all. */
const moreRows = 1000;

/** Makes a table of hits one that can be sorted, filtered, shown whole and copied. */
export function enhanceTable(box: HTMLElement): void {
  const table = box.querySelector('table');
  const body = table?.tBodies[0];
  const filter = box.querySelector<HTMLInputElement>('.filter');
  const status = box.querySelector('.status');
  const showMore = box.querySelector<HTMLButtonElement>('.show-more');
  const wrap = box.querySelector<HTMLButtonElement>('.wrap-values');
  const copyRows = box.querySelector<HTMLButtonElement>('.copy-rows');
  if (!table || !body || !filter || !status || !showMore || !wrap || !copyRows) return;
  const rows = new Rows(box, body);
  let words: string[] = [];
  let most = firstRows;
  let sorted: { readonly column: number; readonly isDescending: boolean } | null = null;

  const fitting = (): number[] => {
    const places = sorted ? rows.sorted(sorted.column, sorted.isDescending) : rows.places();
    return words.length === 0 ? places : places.filter((at) => words.every((word) => rows.text(at).includes(word)));
  };
  const number = (n: number): string => n.toLocaleString('en');
  const report = (shown: number, fits: number): void => {
    const all = rows.count;
    status.textContent =
      words.length > 0
        ? `${number(shown)} of ${number(fits)} that fit, ${number(all)} in all`
        : shown < all
          ? `${number(shown)} of ${number(all)} rows`
          : `${number(all)} ${all === 1 ? 'row' : 'rows'}`;
    showMore.hidden = shown === fits;
    showMore.textContent = `Show ${number(Math.min(fits - shown, moreRows))} more`;
  };
  const refresh = (): void => {
    const fits = fitting();
    const shown = fits.slice(0, most);
    body.replaceChildren(...shown.map((at) => rows.element(at)));
    report(shown.length, fits.length);
  };

  const heads = [...(table.tHead?.rows[0]?.cells ?? [])];
  for (const [column, head] of heads.entries())
    head.querySelector('button')?.addEventListener('click', () => {
      // What is largest is looked for first.
      const isDescending = !(sorted?.column === column && sorted.isDescending);
      sorted = { column, isDescending };
      for (const other of heads) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', isDescending ? 'descending' : 'ascending');
      refresh();
      table.dispatchEvent(new Event('sort-end'));
    });
  filter.addEventListener('input', () => {
    words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    refresh();
  });
  showMore.addEventListener('click', () => {
    most += moreRows;
    refresh();
  });
  wrap.addEventListener('click', () => {
    wrap.ariaPressed = String(table.classList.toggle('wrapped'));
  });
  copyRows.addEventListener('click', () => {
    const names = heads.map(({ textContent }) => textContent).join('\t');
    void copy([names, ...fitting().map((at) => rows.raw(at))].join('\n'), copyRows);
  });
  // Nothing but the count is said before somebody asks for more.
  report(Math.min(rows.count, firstRows), rows.count);
}

/** The rows of a table: the first are there as elements, the others become elements when they are shown. */
class Rows {
  readonly count: number;
  readonly #elements: HTMLTableRowElement[];
  readonly #classes: readonly string[];
  readonly #texts: string[] = [];
  #data: TableData | null = null;

  constructor(
    private readonly box: HTMLElement,
    body: HTMLTableSectionElement,
  ) {
    this.#elements = [...body.rows];
    const table = body.parentElement as HTMLTableElement;
    this.count = Number(table.dataset.rows);
    this.#classes = [...(table.tHead?.rows[0]?.cells ?? [])].map(({ className }) => className);
  }

  /** Read when it is needed: most readers never leave the first rows. */
  get #all(): TableData {
    this.#data ??= JSON.parse(this.box.querySelector('script')?.textContent ?? '') as TableData;
    return this.#data;
  }

  places(): number[] {
    return Array.from({ length: this.count }, (_, at) => at);
  }

  /** Places by the values of a column; column 0 is the number of the row. Rows without a value stand last either way. */
  sorted(column: number, isDescending: boolean): number[] {
    const sign = isDescending ? -1 : 1;
    if (column === 0) return isDescending ? this.places().reverse() : this.places();
    const ranks = this.#all.ranks[column - 1]!;
    return this.places().sort((a, b) => {
      const [one, other] = [ranks[a]!, ranks[b]!];
      if (one === null || other === null) return one === other ? a - b : one === null ? 1 : -1;
      return sign * (one - other) || a - b;
    });
  }

  element(at: number): HTMLTableRowElement {
    this.#elements[at] ??= this.#made(at);
    return this.#elements[at];
  }

  /** A row in lower case, to look for words in. */
  text(at: number): string {
    this.#texts[at] ??= this.#cells(at)
      .map((cell) => (typeof cell === 'string' ? cell : cell.join('\t')))
      .join('\t')
      .toLowerCase();
    return this.#texts[at];
  }

  /** A row as text that spreadsheets take for cells, with raw values. */
  raw(at: number): string {
    return [String(at + 1), ...this.#cells(at).map((cell) => (typeof cell === 'string' ? cell : cell[1]))].join('\t');
  }

  #cells(at: number): readonly CellData[] {
    if (at >= firstRows) return this.#all.rows[at - firstRows]!;
    return [...this.#elements[at]!.cells].slice(1).map((cell): CellData => {
      const { raw } = cell.dataset;
      return raw === undefined ? cell.textContent : [cell.textContent, raw];
    });
  }

  #made(at: number): HTMLTableRowElement {
    const row = document.createElement('tr');
    const add = (text: string, className: string): HTMLTableCellElement => {
      const cell = row.insertCell();
      cell.textContent = text;
      if (className !== '') cell.className = className;
      return cell;
    };
    add(String(at + 1), 'row');
    for (const [column, data] of this.#cells(at).entries()) {
      const [words, raw] = typeof data === 'string' ? [data, null] : data;
      const cell = add(words, this.#classes[column + 1] ?? '');
      if (raw !== null || words.length > longText) cell.title = raw ?? words;
      if (raw !== null) cell.dataset.raw = raw;
    }
    return row;
  }
}
