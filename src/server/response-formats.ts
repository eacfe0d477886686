import { ResultTooLargeError } from '../diagnostics/diagnostic.ts';
import { illegalArgument, Refusal } from '../store/refusal.ts';
import { cellJson, cellText } from '../values/json.ts';
import { own } from '../values/own.ts';
import type { CellValue, QueryResult } from '../values/types.ts';
import type { AnswerForm } from './answer-form.ts';
import { joinedBytes, textBytes } from './text-bytes.ts';

/*
 * The forms in which Elasticsearch answers ES|QL queries:
 * https://www.elastic.co/docs/reference/query-languages/esql/esql-rest
 */

/** How it stands with an asynchronous query. */
export interface AsyncState {
  readonly id: string | null;
  readonly isRunning: boolean;
  /** It was stopped before it had all its rows. */
  readonly isPartial?: boolean;
}

export interface Answer {
  readonly result: QueryResult;
  readonly form: AnswerForm;
  readonly asyncState: AsyncState | null;
}

/** What a byte of values takes while an answer is made of it: libraries for YAML and CBOR take objects. */
export const bytesPerByte = (name: FormatName): number => (name === 'yaml' ? 8 : name === 'cbor' ? 3 : 2);

export interface Formatted {
  readonly contentType: string;
  readonly body: Buffer;
}

export const formatNames = ['json', 'csv', 'tsv', 'txt', 'yaml', 'cbor', 'arrow'] as const;
export type FormatName = (typeof formatNames)[number];

const mediaTypes: Readonly<Record<string, FormatName>> = {
  'application/json': 'json',
  'application/vnd.elasticsearch+json': 'json',
  'text/csv': 'csv',
  'text/vnd.elasticsearch+csv': 'csv',
  'text/tab-separated-values': 'tsv',
  'text/vnd.elasticsearch+tab-separated-values': 'tsv',
  'text/plain': 'txt',
  'text/vnd.elasticsearch+plain': 'txt',
  'application/yaml': 'yaml',
  'application/vnd.elasticsearch+yaml': 'yaml',
  'application/cbor': 'cbor',
  'application/vnd.elasticsearch+cbor': 'cbor',
  'application/vnd.apache.arrow.stream': 'arrow',
};

const plainType = (header: string): string => header.split(';')[0]!.trim().toLowerCase();

/** The format that a request asks for: by parameter, else by what it accepts, else by what it sends. */
export function chooseFormat(
  parameter: string | undefined,
  accept: string | undefined,
  contentType: string | undefined,
): FormatName {
  if (parameter !== undefined) {
    const found = formatNames.find((name) => name === parameter.toLowerCase());
    if (found) return found;
    throw illegalArgument(
      `Invalid request content type: Accept=[${accept ?? '*/*'}], Content-Type=[${contentType ?? ''}], format=[${parameter}]`,
    );
  }
  for (const part of (accept ?? '').split(',')) {
    const type = plainType(part);
    if (type === '' || type === '*/*' || type === 'application/*') continue;
    const found = own(mediaTypes, type);
    if (found) return found;
  }
  if (accept !== undefined && accept.trim() !== '' && !/\*/.test(accept))
    throw new Refusal(
      'illegal_argument_exception',
      `Invalid request content type: Accept=[${accept}], Content-Type=[${contentType ?? ''}], format=[null]`,
      400,
    );
  return own(mediaTypes, plainType(contentType ?? '')) ?? 'json';
}

/** Writes an answer down. Throws a ResultTooLargeError where padding makes more than `mostBytes` of it. */
export async function format(answer: Answer, mostBytes: number): Promise<Formatted> {
  const { format: name, columnar, header, delimiter } = answer.form;
  const isText = name === 'csv' || name === 'tsv' || name === 'txt';
  if (columnar && (isText || name === 'arrow'))
    throw illegalArgument(
      'Invalid use of [columnar] argument: cannot be used in combination with [txt, csv, tsv] formats',
    );
  switch (name) {
    case 'json':
      return { contentType: 'application/json', body: await textBytes(json(answer)) };
    case 'csv':
      return {
        contentType: `text/csv; charset=utf-8; header=${header ? 'present' : 'absent'}`,
        body: await textBytes(lines(answer, delimiter, '\r\n', csvField(delimiter))),
      };
    case 'tsv':
      return {
        contentType: 'text/tab-separated-values; charset=utf-8',
        body: await textBytes(
          lines(answer, '\t', '\n', (text) => text.replaceAll('\n', '\\n').replaceAll('\t', '\\t')),
        ),
      };
    case 'txt':
      return { contentType: 'text/plain; charset=utf-8', body: await textBytes(txt(answer, mostBytes)) };
    case 'yaml': {
      const { stringify } = await import('yaml');
      return { contentType: 'application/yaml', body: await textBytes(yaml(answer, stringify)) };
    }
    case 'cbor': {
      const { encode } = await import('cborg');
      return { contentType: 'application/cbor', body: await joinedBytes(cbor(answer, encode)) };
    }
    case 'arrow': {
      const { arrowStream } = await import('./arrow.ts');
      return { contentType: 'application/vnd.apache.arrow.stream', body: arrowStream(answer.result) };
    }
  }
}

/** A column as responses describe it. */
const columnJson = ({ name, type, originalTypes }: QueryResult['columns'][number]): Record<string, unknown> => ({
  name,
  type,
  ...(originalTypes && { original_types: originalTypes, suggested_cast: 'keyword' }),
});

/** The columns that are shown: those that have some value, where only these are asked for. */
function shown({ result, form: { dropNullColumns } }: Answer): number[] {
  const all = result.columns.map((_, i) => i);
  return dropNullColumns ? all.filter((i) => result.values.some((row) => row[i] !== null)) : all;
}

function* json(answer: Answer): Generator<string> {
  const { result, asyncState } = answer;
  const { columnar, dropNullColumns } = answer.form;
  const columns = shown(answer);
  const type = (i: number): QueryResult['columns'][number]['type'] => result.columns[i]!.type;
  const described = (indices: readonly number[]): readonly object[] =>
    indices.map((i) => columnJson(result.columns[i]!));
  const start = JSON.stringify({
    ...(asyncState?.id && { id: asyncState.id }),
    ...(asyncState && { is_running: asyncState.isRunning }),
    took: result.tookMs,
    is_partial: asyncState?.isPartial === true,
    ...(dropNullColumns && { all_columns: described(result.columns.map((_, i) => i)) }),
    columns: described(columns),
  });
  yield `${start.slice(0, -1)},"values":[`;
  if (columnar)
    for (const [at, i] of columns.entries()) {
      yield at === 0 ? '[' : ',[';
      for (const [row, cells] of result.values.entries()) yield (row === 0 ? '' : ',') + cellJson(cells[i]!, type(i));
      yield ']';
    }
  else
    for (const [row, cells] of result.values.entries())
      yield `${row === 0 ? '' : ','}[${columns.map((i) => cellJson(cells[i]!, type(i))).join(',')}]`;
  yield ']}';
}

/** The same for formats whose libraries take values: what stands before the values, and these one after the other. */
function plain(answer: Answer): { head: Record<string, unknown>; values: Iterable<readonly unknown[]> } {
  const { result, asyncState } = answer;
  const { columnar, dropNullColumns } = answer.form;
  const columns = shown(answer);
  const cell = (value: CellValue): unknown =>
    typeof value === 'bigint' && value >= -(2n ** 53n) && value <= 2n ** 53n
      ? Number(value)
      : Array.isArray(value)
        ? (value as readonly CellValue[]).map(cell)
        : value;
  const head = {
    ...(asyncState?.id && { id: asyncState.id }),
    ...(asyncState && { is_running: asyncState.isRunning }),
    took: result.tookMs,
    is_partial: asyncState?.isPartial === true,
    ...(dropNullColumns && { all_columns: result.columns.map(columnJson) }),
    columns: columns.map((i) => columnJson(result.columns[i]!)),
  };
  function* values(): Generator<readonly unknown[]> {
    if (columnar) for (const i of columns) yield result.values.map((row) => cell(row[i]!));
    else for (const row of result.values) yield columns.map((i) => cell(row[i]!));
  }
  return { head, values: values() };
}

function* yaml(answer: Answer, stringify: (value: unknown) => string): Generator<string> {
  const { head, values } = plain(answer);
  yield `---\n${stringify(head)}values:`;
  let isEmpty = true;
  for (const row of values) {
    yield `${isEmpty ? '\n' : ''}${stringify([row]).replace(/^(?=.)/gm, '  ')}`;
    isEmpty = false;
  }
  if (isEmpty) yield ' []\n';
}

function* cbor(answer: Answer, encode: (value: unknown) => Uint8Array): Generator<Uint8Array> {
  const { head, values } = plain(answer);
  const members = Object.entries(head);
  yield Uint8Array.of(cborMap + members.length + 1);
  for (const member of members) for (const part of member) yield encode(part);
  yield encode('values');
  yield Uint8Array.of(cborEndlessArray);
  for (const row of values) yield encode(row);
  yield Uint8Array.of(cborBreak);
}

/** First bytes of CBOR's items (RFC 8949): a map of fewer than 24 members, an array that ends with a break. */
const cborMap = 0xa0;
const cborEndlessArray = 0x9f;
const cborBreak = 0xff;

const csvField =
  (delimiter: string) =>
  (text: string): string =>
    text.includes(delimiter) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

function* lines(answer: Answer, separator: string, end: string, quote: (text: string) => string): Generator<string> {
  const { result } = answer;
  const { header } = answer.form;
  const columns = shown(answer);
  if (header) yield columns.map((i) => quote(result.columns[i]!.name)).join(separator) + end;
  for (const row of result.values)
    yield columns.map((i) => quote(cellText(row[i]!, result.columns[i]!.type))).join(separator) + end;
}

const narrowest = 15;

function* txt(answer: Answer, mostBytes: number): Generator<string> {
  const { result } = answer;
  const { header } = answer.form;
  const columns = shown(answer);
  const cellOf = (row: readonly CellValue[], i: number): string =>
    row[i] === null ? 'null' : cellText(row[i]!, result.columns[i]!.type);
  const widths = columns.map((i) => Math.max(narrowest, result.columns[i]!.name.length));
  for (const row of result.values) {
    for (const [at, i] of columns.entries()) widths[at] = Math.max(widths[at]!, cellOf(row, i).length);
    // No part of the text yet; others may be served.
    yield '';
  }
  const lineLength = widths.reduce((sum, width) => sum + width + 1, 0);
  if (lineLength * (result.values.length + 2) > 2 * mostBytes) throw ResultTooLargeError.overBytes(mostBytes);
  const centred = (name: string, width: number): string => {
    const left = Math.floor((width - name.length) / 2);
    return ' '.repeat(left) + name + ' '.repeat(width - name.length - left);
  };
  if (header) {
    yield `${columns.map((i, at) => centred(result.columns[i]!.name, widths[at]!)).join('|')}\n`;
    yield `${widths.map((width) => '-'.repeat(width)).join('+')}\n`;
  }
  for (const row of result.values) yield `${columns.map((i, at) => cellOf(row, i).padEnd(widths[at]!)).join('|')}\n`;
}
