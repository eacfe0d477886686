import type { Catalogue } from '../catalogue/catalogue.ts';
import { FieldTypes } from '../catalogue/field-types.ts';
import type { Engine } from '../engines/engine.ts';
import { CompiledQuery } from '../languages/esql/compiled-query.ts';
import { indexPattern } from '../languages/esql/print/tokens.ts';
import { type Parameters, readParameters } from '../languages/esql/syntax/parameters.ts';
import { mentions } from '../languages/esql/syntax/walk.ts';
import { applyEdits, insertCommand } from '../overrides/text-edit.ts';
import type { CellValue, ScalarValue } from '../values/types.ts';

/** An ES|QL query whose values stand apart from its text. */
export interface Question {
  readonly text: string;
  /** What `?name` stands for in the text. */
  readonly values: Readonly<Record<string, string>>;
}

/** A row of an answer, by the names of its columns. */
export type Row = Readonly<Record<string, CellValue>>;

/** Asks an engine. */
export type Ask = (question: Question) => Promise<readonly Row[]>;

/** An engine to ask; warnings of the answers go to `onWarning`. */
export function asker(
  engine: Engine,
  { now, signal, onWarning }: { now: Date; signal?: AbortSignal; onWarning?: (warning: string) => void },
): Ask {
  return async (asked) => {
    const question = await compiled(asked, engine.catalogue);
    const {
      columns,
      values,
      warnings,
      missing = [],
    } = await engine.query(question, {
      now: now.getTime(),
      maxRows: null,
      parameters: parametersOf(asked),
      ...(signal && { signal }),
    });
    for (const warning of warnings) if (!warning.startsWith('No limit defined')) onWarning?.(warning);
    for (const part of missing) onWarning?.(`not all of the data was asked: ${part}`);
    return values.map((row) => Object.fromEntries(columns.map(({ name }, i) => [name, row[i]!])));
  };
}

/** A question as a query, with fields cast first that its indices map to types which do not go together. */
async function compiled(question: Question, catalogue: Catalogue): Promise<CompiledQuery> {
  const parameters = parametersOf(question);
  const asked = new CompiledQuery(question.text, parameters);
  const { query } = asked.parsed;
  const fields = query ? [...mentions(query).names].filter((name) => catalogue.field(name)?.variants) : [];
  if (!query || fields.length === 0) return asked;
  const types = await FieldTypes.load();
  const casts = fields.map((name) => {
    const type = types.get(name)?.type ?? 'keyword';
    return `\`${name}\` = \`${name}\`::${type === 'text' ? 'keyword' : type}`;
  });
  const edit = insertCommand(query.ends[0]!, `EVAL ${casts.join(', ')}`);
  return new CompiledQuery(applyEdits(question.text, [edit]), parameters);
}

/** The values of a question as a parser takes them. */
export const parametersOf = ({ values }: Question): Parameters =>
  readParameters(Object.entries(values).map(([name, value]) => ({ [name]: value })));

/** A query of some indices that names every field that questions ask for, so that all of them are there. */
export function fieldsOf(questions: readonly Question[], pattern = '*'): string {
  const names = questions.flatMap((question) => {
    const { query } = new CompiledQuery(question.text, parametersOf(question)).parsed;
    return query ? [...mentions(query).names] : [];
  });
  return `FROM ${indexPattern(pattern)} | KEEP ${[...new Set(names)].map((field) => `\`${field}\``).join(', ')}`;
}

/** Reads every event of an index pattern; a field that nobody has reads as null. */
export const from = (pattern: string): string => `SET unmapped_fields = "nullify"; FROM ${indexPattern(pattern)}`;

/** An aggregate: the newest value of a field that is not null. */
export const newest = (field: string): string => `LAST(${field}, @timestamp) WHERE ${field} IS NOT NULL`;

/** Names for values that a text lists, as `?a0, ?a1`, and the values by these names. */
export function listed(prefix: string, items: readonly string[]): { names: string; values: Record<string, string> } {
  return {
    names: items.map((_, i) => `?${prefix}${i}`).join(', '),
    values: Object.fromEntries(items.map((item, i) => [`${prefix}${i}`, item])),
  };
}

/** The values of a cell. */
export const every = (cell: CellValue | undefined): readonly ScalarValue[] =>
  cell === null || cell === undefined ? [] : ([cell].flat() as ScalarValue[]);

/** The texts of a cell. */
export const texts = (cell: CellValue | undefined): string[] => every(cell).map(String);

/** The text of a cell, of several values the first; null where there is none. */
export const text = (cell: CellValue | undefined): string | null => texts(cell)[0] ?? null;

/** The whole number of a cell. */
export function whole(cell: CellValue | undefined): bigint | null {
  const [value] = every(cell);
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return BigInt(Math.trunc(value));
  return typeof value === 'string' && /^-?\d+$/.test(value) ? BigInt(value) : null;
}

/** The truth value of a cell. */
export function flag(cell: CellValue | undefined): boolean | null {
  const [value] = every(cell);
  return typeof value === 'boolean' ? value : value === undefined ? null : String(value) === 'true';
}

/** How many a cell counts. */
export const count = (cell: CellValue | undefined): number => Number(whole(cell) ?? 0n);
