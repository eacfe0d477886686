import { parseObject } from '../../values/plain-json.ts';
import { beginsFormula } from './convert.ts';
import { kibanaDate } from './kibana.ts';
import { type CellKind, carriageReturn, type DelimitedColumn, type DelimitedPlan, lineFeed, quote } from './plan.ts';
import { behindLine, behindQuoted } from './scan.ts';

/** A record of the beginning of a file. */
interface HeadRecord {
  readonly from: number;
  readonly to: number;
  readonly cells: readonly string[];
}

const delimiters = [0x2c, 0x3b, 9, 0x7c];
const labels = new Map([
  [0x2c, 'CSV'],
  [0x3b, 'CSV with semicolons'],
  [9, 'TSV'],
  [0x7c, 'text between bars'],
]);
/** As many are enough to know what the columns are. */
const mostRecords = 500;
/** Which part of the records have as many cells as the first, at least. */
const leastAlike = 0.9;

/** Recognises delimited text by records that have as many cells as the first of them, and a header if there is one. */
export function detectDelimited(
  head: Buffer,
  isWhole: boolean,
): { readonly label: string; readonly plan: DelimitedPlan } | null {
  if (head[0] === 0x7b || head[0] === 0x5b || head[0] === 0x3c) return null;
  const lineEnd = head.includes(lineFeed) ? lineFeed : carriageReturn;
  const before = preamble(head, lineEnd);
  const found = delimiters
    .filter((delimiter) => before.delimiter === null || before.delimiter === delimiter)
    .map((delimiter) => candidate(head, before, delimiter, lineEnd, isWhole))
    .filter((one) => one !== null)
    .sort((a, b) => b.alike - a.alike || b.first.cells.length - a.first.cells.length);
  const [best] = found;
  if (!best) return null;
  const { delimiter, first, records } = best;
  const hasHeader = before.fields !== null || isHeader(first, records);
  // Two columns without a header are any text with a comma in each line.
  if (!hasHeader && first.cells.length < 3) return null;
  if (hasHeader && records.length === 0) return null;
  const rows = hasHeader ? records : [first, ...records];
  const names = columnNames(hasHeader ? first.cells : first.cells.map(() => ''));
  const isKibana = names.some((_, i) => kindOf(i, '', rows, false) === 'kibana-date');
  const columns = names.map((name, i): DelimitedColumn => ({ name, kind: kindOf(i, name, rows, isKibana) }));
  const label = [labels.get(delimiter)!, ...(isKibana ? ['Kibana'] : []), ...(hasHeader ? [] : ['no header'])];
  return {
    label: label.join(', '),
    plan: {
      ...{ delimiter, lineEnd, columns, isKibana },
      skip: hasHeader ? first.to : before.length,
      header: hasHeader && before.fields === null ? withoutEnd(head.toString('utf8', first.from, first.to)) : '',
      hasDirectives: before.fields !== null,
      isGuarded: !rows.some(({ cells }) => cells.some(isUnguarded)),
    },
  };
}

/**
 * Whether a whole text is the header of a table and nothing else. Nothing stands below the names to compare them with, so
 * they have to look like names alone: each another, without blanks around them.
 */
export function isHeaderAlone(text: Buffer): boolean {
  const lineEnd = text.includes(lineFeed) ? lineFeed : carriageReturn;
  const before = preamble(text, lineEnd);
  if (before.fields !== null) return false;
  return delimiters.some((delimiter) => {
    if (before.delimiter !== null && before.delimiter !== delimiter) return false;
    const [first, ...others] = recordsOf(text, before.length, delimiter, lineEnd, true);
    if (!first || first.cells.length < 2 || others.some(({ cells }) => cells.length > 1 || cells[0] !== ''))
      return false;
    const names = first.cells;
    return (
      new Set(names).size === names.length &&
      names.every((name) => name.trim() === name && name !== '' && !/[.!?]$/.test(name)) &&
      isHeader(first, [])
    );
  });
}

const withoutEnd = (line: string): string => line.replace(/\r?\n$|\r$/, '');

/**
 * How to read a table whose first line is known to name its columns, of which there may be one only. Blank lines and lines
 * that begin with `#` are none of it. Null where there is no such line.
 */
export function tableWithHeader(
  text: Buffer,
): { readonly plan: DelimitedPlan; readonly header: readonly string[] } | null {
  const lineEnd = text.includes(lineFeed) ? lineFeed : carriageReturn;
  const { length, delimiter: said } = preamble(text, lineEnd);
  let from = length;
  while (from < text.length && isNoRecord(text, from, lineEnd)) from = behindLine(text, from, lineEnd);
  const [best] = (said === null ? delimiters : [said])
    .flatMap((delimiter) => {
      const [first] = recordsOf(text, from, delimiter, lineEnd, true, 1);
      return first ? [{ delimiter, first }] : [];
    })
    .sort((a, b) => b.first.cells.length - a.first.cells.length);
  if (!best) return null;
  const { delimiter, first } = best;
  const header = columnNames(first.cells);
  const columns = header.map((name): DelimitedColumn => ({ name, kind: 'any' }));
  const rules = {
    skip: first.to,
    header: withoutEnd(text.toString('utf8', first.from, first.to)),
    hasDirectives: true,
  };
  return { header, plan: { ...{ delimiter, lineEnd, columns }, ...rules, isGuarded: false, isKibana: false } };
}

const isNoRecord = (text: Buffer, from: number, lineEnd: number): boolean =>
  text[from] === 0x23 || text.toString('latin1', from, behindLine(text, from, lineEnd)).trim() === '';

/** What comes before the header, and what it says. */
interface Preamble {
  readonly length: number;
  readonly delimiter: number | null;
  /** Where the names begin in a line such as `#Fields: a,b`. */
  readonly fields: number | null;
}

/** Lines before the header: Excel's `sep=;`, PowerShell's `#TYPE`, directives with `#Fields:` as in Exchange's logs, blanks. */
function preamble(head: Buffer, lineEnd: number): Preamble {
  let delimiter: number | null = null;
  for (let from = 0; from < head.length; ) {
    const end = behindLine(head, from, lineEnd);
    const line = withoutEnd(head.toString('latin1', from, end));
    const [, separator] = /^"?sep=(.)"?$/.exec(line) ?? [];
    if (/^#Fields: [^ ]+$/.test(line) && line.includes(',')) return { length: end, delimiter: 0x2c, fields: from + 9 };
    if (separator) delimiter = separator.charCodeAt(0);
    else if (!/^#TYPE |^#(?:Software|Version|Log-type|Date): /.test(line) && line.trim() !== '')
      return { length: from, delimiter, fields: null };
    from = end;
  }
  return { length: head.length, delimiter, fields: null };
}

interface Candidate {
  readonly delimiter: number;
  readonly first: HeadRecord;
  readonly records: readonly HeadRecord[];
  readonly alike: number;
}

function candidate(
  head: Buffer,
  before: Preamble,
  delimiter: number,
  lineEnd: number,
  isWhole: boolean,
): Candidate | null {
  const [first, ...others] = recordsOf(head, before.fields ?? before.length, delimiter, lineEnd, isWhole);
  const columns = first?.cells.length ?? 0;
  if (!first || columns < 2) return null;
  const records = others.filter(
    ({ cells }) => (cells.length > 1 || cells[0] !== '') && !(before.fields && cells[0]!.startsWith('#')),
  );
  // JSON with something before it.
  if (records.filter(({ cells }) => cells[0]!.startsWith('{')).length * 2 > records.length) return null;
  const alike = records.filter(({ cells }) => cells.length === columns).length / Math.max(1, records.length);
  return records.length > 0 && alike < leastAlike ? null : { delimiter, first, records, alike };
}

/** The first records of a text. What is cut off at the end of the head is none. */
function recordsOf(
  head: Buffer,
  begin: number,
  delimiter: number,
  lineEnd: number,
  isWhole: boolean,
  most = mostRecords,
): HeadRecord[] {
  const records: HeadRecord[] = [];
  for (let from = begin; from < head.length && records.length < most; ) {
    const cells: string[] = [];
    let at = from;
    for (;;) {
      let text = '';
      if (head[at] === quote) {
        const behind = behindQuoted(head, at + 1, head.length, head.length);
        if (behind < 0) return records;
        text = head.toString('utf8', at + 1, behind - 1).replaceAll('""', '"');
        at = behind;
      }
      let end = at;
      while (end < head.length && head[end] !== delimiter && head[end] !== lineEnd) end++;
      const rest = head.toString('utf8', at, end);
      cells.push(text + (end === head.length || head[end] === lineEnd ? rest.replace(/\r$/, '') : rest));
      at = end + 1;
      if (end === head.length && !isWhole) return records;
      if (end === head.length || head[end] === lineEnd) break;
    }
    const to = Math.min(at, head.length);
    records.push({ from, to, cells });
    from = to;
  }
  return records;
}

/** What no column is called: numbers, dates, addresses, ids, long texts. */
const isValue = (cell: string): boolean =>
  /^[-+]?[\d.,:]*\d[\d.,:]*$/.test(cell) ||
  /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T].*)?$/.test(cell) ||
  /^[\da-f]{0,4}(:[\da-f]{0,4}){2,7}$/i.test(cell) ||
  /^\{?[\da-f]{8}-[\da-f]{4}-/i.test(cell) ||
  /^(true|false|null)$/i.test(cell) ||
  kibanaDate(cell) !== null;

/** What columns are called: a few words, with what stands in names of fields. */
const isName = (cell: string, mostWords: number): boolean =>
  cell.length <= 128 &&
  cell.split(' ').length <= mostWords &&
  /^[\p{L}_@$#%*([][^\p{Cc}{}<>=;"]*$/u.test(cell.trimStart()) &&
  !isValue(cell);

/** Whether a record names the columns of the others. */
function isHeader({ cells }: HeadRecord, records: readonly HeadRecord[]): boolean {
  const names = cells.map(withoutGuard).filter((cell) => cell !== '');
  // Text with a comma in each line has more than a few words on both sides of it.
  const mostWords = cells.length === 2 ? 3 : 8;
  if (names.length === 0 || !names.every((name) => isName(name, mostWords))) return false;
  // Values stand there again below, those of one column perhaps by chance.
  const again = cells.filter(
    (name, i) => name !== '' && records.some((record) => record.cells[i] === name && !isSame(record, cells)),
  );
  return again.length < 2;
}

/** Whether a record has just these cells: a header again, where files were joined. */
const isSame = (record: HeadRecord, cells: readonly string[]): boolean =>
  record.cells.length === cells.length && record.cells.every((cell, i) => cell === cells[i]);

const withoutGuard = (name: string): string =>
  name.startsWith("'") && beginsFormula(name.charCodeAt(1)) ? name.slice(1) : name;

/** Names of columns: `column3` for one that has none, `name_2` for the second of a name. */
function columnNames(cells: readonly string[]): string[] {
  const taken = new Set<string>();
  return cells.map((cell, i) => {
    const given = withoutGuard(cell).trim();
    const own = given === '' ? `column${i + 1}` : given;
    let name = own;
    for (let n = 2; taken.has(name); n++) name = `${own}_${n}`;
    taken.add(name);
    return name;
  });
}

/** What the cells of a column are, by those of the first records. */
function kindOf(column: number, name: string, rows: readonly HeadRecord[], isKibana: boolean): CellKind {
  if (isMultivalued(name)) return 'list';
  const cells = rows.map(({ cells }) => cells[column] ?? '').filter((cell) => cell !== '' && cell !== '-');
  if (cells.length === 0) return 'any';
  if (cells.every((cell) => cell.startsWith('{') && cell.endsWith('}') && parseObject(cell) !== null)) return 'object';
  return (isKibana || name === '') && cells.every((cell) => kibanaDate(cell) !== null) ? 'kibana-date' : 'any';
}

/** Fields of ECS that mostly hold several values. Any text may hold a comma; what is in these does not. */
const isMultivalued = (name: string): boolean =>
  /^(?:event\.(?:category|type)|tags|host\.(?:ip|mac)|process\.(?:parent\.)?args|related\.\w+|threat\.(?:tactic|technique)\.\w+|dns\.resolved_ip|labels)$/.test(
    name,
  );

/** Whether a cell would have a guard if the file had guards. */
const isUnguarded = (cell: string): boolean =>
  cell.length > 1 && beginsFormula(cell.charCodeAt(0)) && !/^[-+]?[\d.,]+(?:E-?\d+)?$/.test(cell);
