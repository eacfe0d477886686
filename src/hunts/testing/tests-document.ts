import { Ajv } from 'ajv';
import { parse, TomlDate, TomlError } from 'smol-toml';
import schema from '../../../hunts/hunt-test.schema.json' with { type: 'json' };
import { schemaProblems } from '../../diagnostics/schema-problems.ts';
import type { FieldTable } from './fields.ts';
import { tomlPlaces } from './toml-places.ts';

/** What is wrong with a file of tests, and where; lines and columns from 1. */
export interface TestsProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly hint: string | null;
}

/** A file of tests as it is written, once it fits its schema. Times are texts. */
export interface TestsDocument {
  readonly now?: string;
  readonly index?: string;
  readonly time_field?: string;
  readonly fields?: FieldTable;
  readonly must_hit?: readonly CaseTable[];
  readonly must_not_hit?: readonly CaseTable[];
  readonly noise?: {
    readonly data: string | readonly string[];
    readonly now?: string;
    readonly index?: string;
    readonly max_hits: number;
  };
}

export interface CaseTable {
  readonly name: string;
  readonly query?: number;
  readonly now?: string;
  readonly index?: string;
  readonly event?: readonly EventTable[];
  readonly ndjson?: string;
  readonly lines?: string;
  readonly events?: string | readonly string[];
  readonly hits?: number;
  readonly row?: readonly FieldTable[];
}

export interface EventTable {
  readonly at: string;
  readonly repeat?: number;
  readonly every?: string;
  readonly over?: string;
  readonly fields?: FieldTable;
  readonly without?: readonly string[];
  readonly vary?: FieldTable;
  readonly count_up?: FieldTable;
}

/** Reports an error in the value that keys lead to. */
export type Tell = (path: Path, message: string, hint?: string | null) => void;

export type Path = readonly (string | number)[];

/** A file of tests held against its schema. The document is null where it does not fit; then problems were reported. */
export interface ReadDocument {
  readonly document: TestsDocument | null;
  readonly problems: readonly TestsProblem[];
  readonly tell: Tell;
  /** The line on which a value stands. */
  readonly lineOf: (path: Path) => number;
}

export function readDocument(text: string): ReadDocument {
  const problems: TestsProblem[] = [];
  const places = tomlPlaces(text);
  const placeOf = (path: Path) => places(path.map(String));
  const tell: Tell = (path, message, hint = null) => {
    problems.push({ ...placeOf(path), message, hint });
  };
  const read = { problems, tell, lineOf: (path: Path) => placeOf(path).line };
  let document: unknown;
  try {
    document = withTexts(parse(text, { integersAsBigInt: 'asNeeded' }));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const message = `invalid TOML: ${error.message.split('\n')[0]!.replace(/^Invalid TOML document: /, '')}`;
    problems.push({ line: error.line, column: error.column, message, hint: null });
    return { ...read, document: null };
  }
  const ajv = new Ajv({ allErrors: true, verbose: true });
  if (ajv.validate<TestsDocument>(schema, document)) return { ...read, document };
  for (const { path, message, hint } of schemaProblems(ajv.errors ?? [], schema)) tell(path, message, hint);
  return { ...read, document: null };
}

/** TOML knows times; events and the schema take them as texts. */
function withTexts(value: unknown): unknown {
  if (value instanceof TomlDate) return value.toISOString();
  if (Array.isArray(value)) return value.map(withTexts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withTexts(inner)]));
}
