import type { Cell, ColumnInfo, Scalar } from '../../contract/question.ts';
import { literal, nameText } from './literals.ts';

export const copyForms = ['TSV', 'CSV', 'JSON', 'ES|QL'] as const;
export type CopyForm = (typeof copyForms)[number];

/** Rows as a text to paste elsewhere. Values are as the events have them. */
export function rowsText(columns: readonly ColumnInfo[], rows: readonly (readonly Cell[])[], form: CopyForm): string {
  switch (form) {
    case 'TSV':
      return lines(
        [columns.map(({ name }) => tsvField(name)), ...rows.map((row) => row.map((cell) => tsvField(plain(cell))))],
        '\t',
      );
    case 'CSV':
      return lines(
        [columns.map(({ name }) => csvField(name)), ...rows.map((row) => row.map((cell) => csvField(plain(cell))))],
        ',',
      );
    case 'JSON':
      return JSON.stringify(
        rows.map((row) => Object.fromEntries(columns.map(({ name }, i) => [name, row[i]!]))),
        null,
        2,
      );
    case 'ES|QL': {
      const each = rows.map((row) =>
        columns.flatMap((column, i) => conditionOn(column.name, column.type, row[i]!) ?? []),
      );
      return rows.length === 1
        ? each[0]!.join(' AND ')
        : each.map((parts) => `(${parts.join(' AND ')})`).join('\n  OR ');
    }
  }
}

const lines = (rows: readonly (readonly string[])[], between: string): string =>
  rows.map((row) => row.join(between)).join('\n');

/** A cell as text: several values side by side. */
export const plain = (cell: Cell): string =>
  cell === null ? '' : Array.isArray(cell) ? cell.join(', ') : String(cell);

/** A line break or a tab would begin another cell. Programs that take tables take formulas from them too. */
const tsvField = (text: string): string => {
  const safe = guarded(text);
  return /[\t\n\r"]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

const csvField = (text: string): string => {
  const safe = guarded(text);
  return /[,\n\r"]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** A text that no spreadsheet runs as a formula. Numbers stay numbers. */
export const guarded = (text: string): string =>
  /^[=+\-@\t\r\n]/.test(text) && !/^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text) ? `'${text}` : text;

/** An address or link that nobody opens by a click: `hxxps://evil[.]example`. */
export const defanged = (text: string): string =>
  text
    .replace(/\b(h)tt(ps?)\b/gi, (_, first: string, rest: string) => `${first}xx${rest}`)
    .replace(/\b(f)t(p)\b(?=:)/gi, (_, first: string, rest: string) => `${first}x${rest}`)
    .replace(/:\/\//g, '[://]')
    .replace(/\./g, '[.]')
    .replace(/@/g, '[@]')
    .replace(/^([\da-f]*):(?=[\da-f:]*:[\da-f:]*$)/i, '$1[:]');

/** The condition that a cell fulfils; null where there is none for its type. */
export function conditionOn(name: string, type: string, cell: Cell): string | null {
  const field = nameText(name);
  if (cell === null) return `${field} IS NULL`;
  if (!Array.isArray(cell)) {
    const value = literal(cell as Scalar, type);
    return value === null ? null : `${field} == ${value}`;
  }
  const values = (cell as readonly Scalar[]).map((one) => literal(one, type));
  if (values.some((value) => value === null)) return null;
  return [...values.map((value) => `MV_CONTAINS(${field}, ${value})`), `MV_COUNT(${field}) == ${values.length}`].join(
    ' AND ',
  );
}

/** Puts a text on the clipboard, also where the browser asks for a gesture first. */
export async function toClipboard(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'visually-hidden';
    const before = document.activeElement as HTMLElement | null;
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    before?.focus();
    if (!done) throw new Error('the browser did not let the page copy');
  }
}
