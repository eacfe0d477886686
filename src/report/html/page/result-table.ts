import { copy } from './copy.ts';

/** Rows drawn at first, and added on request; sorting and filtering go over all. */
const firstRows = 200;
const moreRows = 1000;

/** Makes a table of hits one that can be filtered, shown whole and copied. Sorting is the library's. */
export function enhanceTable(box: HTMLElement): void {
  const table = box.querySelector('table');
  const filter = box.querySelector<HTMLInputElement>('.filter');
  const status = box.querySelector('.status');
  const showMore = box.querySelector<HTMLButtonElement>('.show-more');
  const wrap = box.querySelector<HTMLButtonElement>('.wrap-values');
  const copyRows = box.querySelector<HTMLButtonElement>('.copy-rows');
  if (!table || !filter || !status || !showMore || !wrap || !copyRows) return;
  const rows = (): HTMLTableRowElement[] => [...(table.tBodies[0]?.rows ?? [])];
  const texts = new WeakMap<HTMLTableRowElement, string>();
  const textOf = (row: HTMLTableRowElement): string => {
    const known = texts.get(row) ?? tabbed(row).toLowerCase();
    texts.set(row, known);
    return known;
  };
  let words: string[] = [];
  let most = firstRows;
  const fitting = (): HTMLTableRowElement[] =>
    words.length === 0 ? rows() : rows().filter((row) => words.every((word) => textOf(row).includes(word)));

  const refresh = (): void => {
    const all = rows();
    const fits = fitting();
    const shown = new Set(fits.slice(0, most));
    for (const row of all) if (row.hidden === shown.has(row)) row.hidden = !row.hidden;
    const number = (n: number): string => n.toLocaleString('en');
    status.textContent =
      words.length > 0
        ? `${number(shown.size)} of ${number(fits.length)} that fit, ${number(all.length)} in all`
        : shown.size < all.length
          ? `${number(shown.size)} of ${number(all.length)} rows`
          : `${number(all.length)} ${all.length === 1 ? 'row' : 'rows'}`;
    const left = fits.length - shown.size;
    showMore.hidden = left === 0;
    showMore.textContent = `Show ${number(Math.min(left, moreRows))} more`;
  };

  table.addEventListener('sort-end', refresh);
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
  refresh();
  copyRows.addEventListener('click', () => {
    const heading = table.tHead?.rows[0];
    void copy([...(heading ? [heading] : []), ...fitting()].map(tabbed).join('\n'), copyRows);
  });
}

/** A row as text that spreadsheets take for cells. */
const tabbed = (row: HTMLTableRowElement): string => [...row.cells].map((cell) => cell.textContent).join('\t');
