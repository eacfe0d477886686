import type { AskedMembers } from '../../documents/conversion.ts';
import type { Importer } from '../importer.ts';
import { firstLines, LineEnds } from '../json/lines.ts';
import { TextWriter, validUtf8 } from '../json/text-writer.ts';
import { type Source, sources } from './layouts.ts';
import { Layout, Row } from './rows.ts';

/*
 * Lines of values between blanks, some of them in quotes or brackets: access logs of web servers, of S3 and of load
 * balancers, flow logs. A line becomes {"log_format": …} and the values under the names that its source gives them.
 */

/** What must be known to read lines. */
export interface FieldsPlan {
  /** The name of the source. */
  readonly source: string;
  /** The line that names the columns, as flow logs in S3 begin; null where the order is the source's own. */
  readonly header: string | null;
}

const looked = 20;
/** Which part of the first lines have to be of a source, at least. */
const leastPart = 3 / 4;
/** Known names that make a header of the first line, at least. */
const leastNames = 4;

function isHeader(line: string, { header }: Source): boolean {
  if (!header || !/^[a-z][a-z-]*(?: [a-z][a-z0-9-]*)+$/.test(line)) return false;
  return line.split(' ').filter((name) => header.has(name)).length >= leastNames;
}

/** Whether a line is of a layout, and its values look as they have to. */
function isOne(line: string, layout: Layout, marks: Readonly<Record<string, RegExp>>): boolean {
  const text = Buffer.from(line);
  const count = layout.find(text, 0, text.length);
  return (
    count > 0 &&
    Object.entries(marks).every(([name, mark]) => mark.test(layout.value(text, layout.names.indexOf(name))))
  );
}

function detectFields(head: Buffer, isWhole: boolean): { readonly label: string; readonly plan: FieldsPlan } | null {
  const lines = firstLines(head, isWhole, looked).map((line) => line.trimEnd());
  if (lines.length === 0) return null;
  for (const source of sources) {
    const { name, label, layouts } = source;
    if (isHeader(lines[0]!, source)) return { label, plan: { source: name, header: lines[0]! } };
    const prepared = layouts.map((layout) => ({ layout: new Layout(layout), marks: layout.marks }));
    const own = lines.filter((line) => prepared.some(({ layout, marks }) => isOne(line, layout, marks)));
    if (own.length > 0 && own.length >= lines.length * leastPart)
      return { label, plan: { source: name, header: null } };
  }
  return null;
}

function convert(bytes: Uint8Array, { source: name, header }: FieldsPlan, asked: AskedMembers): Uint8Array {
  const text = validUtf8(bytes);
  const out = new TextWriter(text.length * 3);
  const source = sources.find((one) => one.name === name)!;
  const layouts = header === null ? source.layouts : [{ name: source.layouts[0]!.name, columns: header }];
  const rows = layouts.map((layout) => new Row(new Layout(layout), layout.name, asked));
  for (let from = 0; from < text.length; ) {
    const found = text.indexOf(0x0a, from);
    const end = found < 0 ? text.length : found;
    let to = end;
    while (to > from && (text[to - 1] === 0x0d || text[to - 1] === 0x20)) to--;
    // Logs that were joined have their header again.
    const isAgain = header !== null && to - from === header.length && text.toString('latin1', from, to) === header;
    if (to > from && !isAgain && !rows.some((row) => row.write(out, text, from, to)))
      out.refuse(reasonOf(rows, header), text, from, to);
    from = end + 1;
  }
  return out.written();
}

const reasonOf = (rows: readonly Row[], header: string | null): string =>
  header === null
    ? 'not as many values as such a line has, or others in quotes'
    : `not ${rows[0]!.layout.names.length} values, as the header has`;

export const fields: Importer<FieldsPlan> = {
  name: 'fields',
  kind: 'text',
  detect: detectFields,
  cutter(plan) {
    const ends = new LineEnds();
    return { take: (bytes, isEnd) => ({ length: ends.lastEnd(bytes, isEnd), plan }) };
  },
  convert: (bytes, plan, _, asked) => convert(bytes, plan, asked),
};
