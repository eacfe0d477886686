import type { QueryCoverage } from '../coverage/coverage.ts';
import type { RowContext } from '../investigate/row-context.ts';
import type { CellValue, EsqlType, QueryResult, ScalarValue } from '../values/types.ts';
import type { HuntResult } from './report.ts';

/** Ends of field names that say nothing of whom they name. */
const plainEnds = new Set(['name', 'hostname', 'ip', 'id', 'address', 'full', 'keyword', 'text']);

/** What the values of a field are called: `user` for `user.name`, `process-user` for `process.user.name`. */
function wordOf(field: string): string {
  const parts = field.split('.');
  while (parts.length > 1 && plainEnds.has(parts.at(-1)!.toLowerCase())) parts.pop();
  return parts.join('-').replace(/[^\p{L}\p{N}-]+/gu, '-') || 'value';
}

/** A character that belongs to the same word or number as its neighbour. */
const isWordPart = (character: string | undefined): boolean =>
  character !== undefined && /[\p{L}\p{N}_]/u.test(character);

/** Values are found by how they begin. */
const headLength = 2;

/**
 * Aliases for values that a report is not to show: the same value has the same alias wherever it stands, also within a
 * command line or a path, in upper or lower case. Aliases are numbered as they are first needed, so that their order says
 * nothing of the values.
 */
export class Aliases {
  readonly #fields: ReadonlyMap<string, string>;
  /** By value in lower case: the word of its field, and its number once it was needed. */
  readonly #values = new Map<string, { readonly word: string; readonly field: string; alias: string | null }>();
  /** How long the values are that begin alike, the longest first: `ws-11` is not `ws-1` and a 1. */
  readonly #lengths = new Map<string, number[]>();
  readonly #counts = new Map<string, number>();

  constructor(readonly fields: readonly string[]) {
    this.#fields = new Map(fields.map((field) => [field, wordOf(field)]));
  }

  isAbout(field: string): boolean {
    return this.#fields.has(field);
  }

  /** Makes a value of a field known; what is not known is not replaced. */
  learn(field: string, value: string): void {
    const word = this.#fields.get(field);
    const folded = value.toLowerCase();
    if (word === undefined || value.trim() === '' || this.#values.has(folded)) return;
    this.#values.set(folded, { word, field, alias: null });
    const head = folded.slice(0, headLength);
    const lengths = this.#lengths.get(head) ?? [];
    if (lengths.includes(folded.length)) return;
    this.#lengths.set(
      head,
      [...lengths, folded.length].sort((a, b) => b - a),
    );
  }

  /** What stands for a value that is known. */
  #aliasOf(folded: string): string {
    const known = this.#values.get(folded)!;
    if (known.alias === null) {
      const number = (this.#counts.get(known.word) ?? 0) + 1;
      this.#counts.set(known.word, number);
      known.alias = `${known.word}-${number}`;
    }
    return known.alias;
  }

  /** A text without the values: wherever one stands as a word of its own. */
  text(text: string): string {
    const folded = text.toLowerCase();
    // A few letters are longer in lower case, so that places would not fit.
    if (this.#values.size === 0 || folded.length !== text.length)
      return this.#values.has(folded) ? this.#aliasOf(folded) : text;
    let out = '';
    let from = 0;
    for (let at = 0; at < text.length; ) {
      const value = isWordPart(text[at]) && isWordPart(text[at - 1]) ? undefined : this.#valueAt(folded, at);
      if (value === undefined) {
        at += 1;
        continue;
      }
      out += text.slice(from, at) + this.#aliasOf(value);
      at += value.length;
      from = at;
    }
    return from === 0 ? text : out + text.slice(from);
  }

  #valueAt(folded: string, at: number): string | undefined {
    for (const head of [folded.slice(at, at + headLength), folded[at]!])
      for (const length of this.#lengths.get(head) ?? []) {
        const end = at + length;
        const value = folded.slice(at, end);
        if (this.#values.has(value) && !(isWordPart(folded[end - 1]) && isWordPart(folded[end]))) return value;
      }
    return undefined;
  }

  /** For each field the number of values that were replaced. */
  get replaced(): { readonly field: string; readonly word: string; readonly values: number }[] {
    const used = [...this.#values.values()].filter(({ alias }) => alias !== null);
    return this.fields.map((field) => ({
      ...{ field, word: this.#fields.get(field)! },
      values: used.filter((one) => one.field === field).length,
    }));
  }
}

/** Makes the values known that stand in the columns of results, and beside their rows. */
export function learnFrom(results: readonly HuntResult[], aliases: Aliases): void {
  for (const { result, context } of results) {
    for (const [at, { name }] of (result?.columns ?? []).entries())
      if (aliases.isAbout(name))
        for (const row of result!.values)
          for (const value of several(row[at] ?? null)) aliases.learn(name, String(value));
    for (const [at, name] of (context?.fields ?? []).entries())
      if (aliases.isAbout(name))
        for (const row of context!.rows) if (row?.[at]?.value != null) aliases.learn(name, row[at].value);
  }
}

const several = (value: CellValue): readonly ScalarValue[] =>
  value === null ? [] : Array.isArray(value) ? (value as readonly ScalarValue[]) : [value as ScalarValue];

/** A result in which no known value stands any more: not in its rows, its pictures, its text or what is said of it. */
export function redactResult(one: HuntResult, aliases: Aliases): HuntResult {
  const text = (value: string): string => aliases.text(value);
  const { result, context, coverage, evidence } = one;
  return {
    ...one,
    text: text(one.text),
    error: one.error === null ? null : text(one.error),
    notes: one.notes.map(text),
    hidden: one.hidden.map(({ entry, reason, rows }) => ({ entry: text(entry), reason: text(reason), rows })),
    drillDown: one.drillDown === null ? null : text(one.drillDown),
    ...(one.unread !== undefined && { unread: text(one.unread) }),
    result: result && redactRows(result, aliases),
    evidence: everyText(evidence, text),
    coverage: coverage && redactCoverage(coverage, text),
    ...(context != null && { context: redactContext(context, text) }),
  };
}

function redactRows(result: QueryResult, aliases: Aliases): QueryResult {
  const cell = (value: CellValue, name: string): CellValue => {
    if (value === null) return null;
    if (Array.isArray(value)) return (value as readonly ScalarValue[]).map((item) => scalar(item, name));
    return scalar(value as ScalarValue, name);
  };
  const scalar = (value: ScalarValue, name: string): ScalarValue =>
    typeof value === 'string' || aliases.isAbout(name) ? aliases.text(String(value)) : value;
  const { hiddenKeys: _, ...shown } = result;
  return {
    ...shown,
    columns: result.columns.map(({ name, type }) => ({
      name,
      type: aliases.isAbout(name) ? ('keyword' satisfies EsqlType) : type,
    })),
    values: result.values.map((row) => row.map((value, at) => cell(value, result.columns[at]!.name))),
    warnings: result.warnings.map((warning) => aliases.text(warning)),
  };
}

const redactCoverage = (coverage: QueryCoverage, text: (value: string) => string): QueryCoverage => ({
  ...coverage,
  absentValues: coverage.absentValues.map(text),
  gaps: coverage.gaps.map((gap) => ({ ...gap, message: text(gap.message), remedy: text(gap.remedy) })),
  notes: (coverage.notes ?? []).map((note) => ({
    ...note,
    message: text(note.message),
    remedy: note.remedy === null ? null : text(note.remedy),
  })),
});

const redactContext = ({ fields, rows }: RowContext, text: (value: string) => string): RowContext => ({
  fields,
  rows: rows.map(
    (row) => row?.map(({ value, several }) => ({ value: value === null ? null : text(value), several })) ?? null,
  ),
});

/** The same with every text in it changed. */
function everyText<T>(value: T, change: (text: string) => string): T {
  if (typeof value === 'string') return change(value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => everyText(item, change)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, everyText(item as unknown, change)])) as T;
}
