/** A case of a csv-spec file: a query, and the rows and warnings that Elasticsearch answers with. */
export interface SpecCase {
  readonly name: string;
  readonly line: number;
  readonly capabilities: readonly string[];
  readonly query: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Cells as written; null where there is nothing. */
  readonly rows: readonly (readonly SpecCell[])[];
  readonly ignoreOrder: boolean;
  readonly warnings: readonly string[];
  readonly warningPatterns: readonly string[];
  /** Rows are estimates: only their number is fixed. */
  readonly approximate: boolean;
}
export type SpecCell = string | readonly string[] | null;

/** Reads the cases of a csv-spec file. Throws an Error with the line that does not fit. */
export function readSpec(text: string): SpecCase[] {
  const cases: SpecCase[] = [];
  let draft: Draft | null = null;
  for (const [i, raw] of text.split(/\r?\n/).entries()) {
    // The suite takes lines without the blanks around them: places in warnings are counted so.
    const line = raw.trim();
    // A comment within a query or a table belongs to the suite's documentation, not to the case.
    if (line === '' || /^(?:\/\/|#)/.test(line)) continue;
    if (!draft) draft = new Draft(line, i + 1);
    else if (draft.add(line)) {
      cases.push(draft.finish());
      draft = null;
    }
  }
  if (draft) throw new Error(`line ${draft.line}: the case ${draft.name} has no end`);
  return cases;
}

class Draft {
  readonly #capabilities: string[] = [];
  readonly #query: string[] = [];
  readonly #table: string[] = [];
  readonly #warnings: string[] = [];
  readonly #patterns: string[] = [];
  #asked = false;
  #ignoreOrder = false;
  #approximate = false;

  constructor(
    readonly name: string,
    readonly line: number,
  ) {}

  /** Takes a line; true when it ends the case. */
  add(line: string): boolean {
    return this.#asked ? this.#addToAnswer(line) : this.#addToQuery(line);
  }

  #addToQuery(line: string): false {
    const [, key, value] = /^([a-z_]+)\s*:\s*(.*)$/i.exec(line) ?? [];
    // Directives stand before the query alone: behind its first line they are part of it.
    if (key !== undefined && this.#query.length === 0) {
      if (/^required_capability$/i.test(key)) this.#capabilities.push(value!);
      if (/^approximate$/i.test(key)) this.#approximate = value === 'true';
      return false;
    }
    this.#asked = line.endsWith(';') && !line.endsWith('\\;');
    this.#query.push(this.#asked ? line.slice(0, -1) : line);
    return false;
  }

  #addToAnswer(line: string): boolean {
    if (line.startsWith(';')) return true;
    const [, key, value] = /^(warningregex|warning|ignoreorder)\s*:\s*(.*)$/i.exec(line) ?? [];
    switch (key?.toLowerCase()) {
      case 'warning':
        // Some are written as patterns all the same.
        if (/\\[[\]]/.test(value!)) this.#patterns.push(value!);
        else this.#warnings.push(value!.replaceAll('\\"', '"'));
        break;
      case 'warningregex':
        this.#patterns.push(value!);
        break;
      case 'ignoreorder':
        this.#ignoreOrder = value === 'true';
        break;
      default:
        this.#table.push(line);
    }
    return false;
  }

  finish(): SpecCase {
    const [header, ...rows] = this.#table;
    return {
      name: this.name.replace(/-(?:Ignore|IT_tests_only)$/i, ''),
      line: this.line,
      capabilities: this.#capabilities,
      query: this.#query.join('\n').trim().replaceAll('\\;', ';'),
      columns: header === undefined ? [] : splitRow(header).map(columnOf),
      rows: rows.map((row) => splitRow(row).map(cellOf)),
      ignoreOrder: this.#ignoreOrder,
      warnings: this.#warnings,
      warningPatterns: this.#patterns,
      approximate: this.#approximate,
    };
  }
}

/** The cells of a row: bars divide it, but for those that are escaped or stand in quotes. */
function splitRow(row: string): string[] {
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < row.length; i++) {
    const char = row[i]!;
    if (char === '\\' && row[i + 1] === '|') {
      cell += '|';
      i += 1;
    } else if (char === '"' && quoted && row[i + 1] === '"') {
      cell += '"';
      i += 1;
    } else if (char === '"') quoted = !quoted;
    else if (char === '|' && !quoted) {
      cells.push(cell.trim());
      cell = '';
    } else cell += char;
  }
  cells.push(cell.trim());
  return cells;
}

function columnOf(cell: string): { name: string; type: string } {
  const at = cell.lastIndexOf(':');
  if (at < 0) throw new Error(`the column ${cell} has no type`);
  return { name: cell.slice(0, at).trim(), type: cell.slice(at + 1).trim() };
}

function cellOf(cell: string): SpecCell {
  if (cell === '' || /^null$/i.test(cell)) return null;
  if (!/^\[.*\]$/s.test(cell)) return unescaped(cell);
  return splitList(cell.slice(1, -1)).map(unescaped);
}

/** The values of a list, which commas divide where they are not escaped. */
export function splitList(list: string): string[] {
  return list.split(/(?<!\\),/).map((value) => value.trim());
}

/** A value without the escapes that the files need. */
export const unescaped = (value: string): string => value.replace(/\\([,[\]|])/g, '$1');
