import { dirname, resolve } from 'node:path';
import { SourceText } from '../../diagnostics/source-text.ts';
import { parse } from '../../languages/esql/parse.ts';
import { indexPatterns } from '../../languages/esql/syntax/walk.ts';
import type { Hunt } from '../hunt.ts';
import type { CountedValue, EventTemplate } from './event-template.ts';
import { type FieldValue, flatten, omit, override } from './fields.ts';
import { type HuntTests, type NoiseBudget, type Sample, sampleTitles, type TestCase } from './hunt-tests.ts';
import {
  type CaseTable,
  type EventTable,
  type Path,
  type ReadDocument,
  readDocument,
  type TestsDocument,
  type TestsProblem,
} from './tests-document.ts';
import { spanOf, timeOf } from './time.ts';

/** Tests, or what is wrong with them. */
export type ReadTests =
  | { readonly tests: HuntTests; readonly problems: readonly [] }
  | { readonly tests: null; readonly problems: readonly TestsProblem[] };

/** Reads the tests of a hunt; one that could not be read is null. `file` is the absolute path of the text. */
export function readTests(text: string, file: string, hunt: Hunt | null): ReadTests {
  const read = readDocument(text);
  const { document, problems } = read;
  if (!document) return { tests: null, problems };
  const reader = new Reader(document, dirname(file), hunt, read);
  const tests = { file, cases: reader.cases(), noise: reader.noise() };
  return problems.length > 0 ? { tests: null, problems } : { tests, problems: [] };
}

/** Makes tests of a document, and reports what a schema cannot. */
class Reader {
  readonly #fields: ReadonlyMap<string, FieldValue>;

  constructor(
    private readonly document: TestsDocument,
    private readonly folder: string,
    private readonly hunt: Hunt | null,
    private readonly read: Pick<ReadDocument, 'tell' | 'lineOf'>,
  ) {
    this.#fields = flatten(document.fields ?? {});
  }

  /** The cases in the order of the file. */
  cases(): TestCase[] {
    const { must_hit = [], must_not_hit = [] } = this.document;
    return [
      ...must_hit.map((table, i) => this.#case(table, ['must_hit', i], 'must hit')),
      ...must_not_hit.map((table, i) => this.#case(table, ['must_not_hit', i], 'must not hit')),
    ].sort((a, b) => a.line - b.line);
  }

  noise(): NoiseBudget | null {
    const { noise } = this.document;
    if (noise === undefined) return null;
    const { data, now = 'latest', index, max_hits } = noise;
    return {
      line: this.read.lineOf(['noise']),
      data: isSample(data) ? data : this.#files(data),
      title: isSample(data) ? sampleTitles[data] : [data].flat().join(', '),
      now: now === 'latest' ? 'latest' : this.#time(now, ['noise', 'now']),
      // Events of the office are mapped, and their mappings say to which index they belong.
      index: index ?? this.document.index ?? (data === 'quiet' ? null : this.#indexOf(0)),
      most: max_hits,
    };
  }

  #case(table: CaseTable, path: Path, kind: TestCase['kind']): TestCase {
    const { name, query = 1, event = [], ndjson = null, lines = null, events = [], row = [] } = table;
    const now = this.#now(table, path);
    const queries = this.hunt?.queries.length ?? query;
    if (query > queries)
      this.read.tell([...path, 'query'], `there is no query ${query}`, `the hunt has ${queries}, and the first is 1`);
    if (table.hits !== undefined && table.hits < row.length)
      this.read.tell(
        [...path, 'hits'],
        `${row.length} rows cannot be among ${table.hits}`,
        'raise hits, or leave it out',
      );
    const hits = kind === 'must not hit' ? 0 : (table.hits ?? (row.length || null));
    return {
      kind,
      name: name.trim(),
      line: this.read.lineOf(path),
      query: query - 1,
      now,
      index: table.index ?? this.document.index ?? this.#indexOf(query - 1),
      templates: event.map((one, i) => this.#template(one, now, [...path, 'event', i])),
      ndjson,
      lines,
      files: this.#files(events),
      expected: { least: hits ?? 1, most: hits ?? Number.POSITIVE_INFINITY, rows: row.map(flatten) },
    };
  }

  #now(table: CaseTable, path: Path): Date {
    if (table.now !== undefined) return this.#time(table.now, [...path, 'now']);
    if (this.document.now !== undefined) return this.#time(this.document.now, ['now']);
    this.read.tell(
      path,
      `the case ${table.name} has no now`,
      'begin the file with the time to hunt as of: now = 2026-03-10T12:00:00Z',
    );
    return new Date(0);
  }

  #time(text: string, path: Path, now = new Date(0)): Date {
    const millis = timeOf(text, now);
    if (millis === null) this.read.tell(path, `${text} is no time`, 'write it as 2026-03-10T12:00:00Z');
    return new Date(millis ?? 0);
  }

  #template(table: EventTable, now: Date, path: Path): EventTemplate {
    const { at, repeat = 1, every, over, without = [] } = table;
    if (every !== undefined && over !== undefined)
      this.read.tell([...path, 'over'], 'every and over both say how far apart the events are', 'give one of them');
    if ((every ?? over) !== undefined && repeat === 1)
      this.read.tell(path, 'one event has no distance from the next', 'say how many there are: repeat = 100');
    const own = flatten(table.fields ?? {});
    const varied = this.#only(flatten(table.vary ?? {}), isList, [...path, 'vary'], {
      message: 'has no list of values',
      hint: 'give the values that the events take in turn: vary.event.action = ["start", "end"]',
    });
    const counted = this.#only(flatten(table.count_up ?? {}), counts, [...path, 'count_up'], {
      message: 'does not count up',
      hint: 'begin with a whole number, an address or a text with a number in it',
    });
    const timeField = this.document.time_field ?? '@timestamp';
    if ([this.#fields, own, varied, counted].some((fields) => fields.has(timeField)))
      this.read.tell(path, `${timeField} cannot be a field here`, 'at, every and over say when the events happened');
    const fixed = override(omit(this.#fields, without), own);
    return {
      first: this.#time(at, [...path, 'at'], now).getTime(),
      lasts: over === undefined ? spanOf(every ?? '') * (repeat - 1) : spanOf(over),
      repeat,
      timeField,
      fixed: omit(fixed, [...varied.keys(), ...counted.keys()]),
      varied: omit(varied, [...counted.keys()]),
      counted,
    };
  }

  /** The fields whose values are of a kind; the others are reported. */
  #only<T extends FieldValue>(
    fields: ReadonlyMap<string, FieldValue>,
    isKind: (value: FieldValue) => value is T,
    path: Path,
    { message, hint }: { readonly message: string; readonly hint: string },
  ): Map<string, T> {
    const out = new Map<string, T>();
    for (const [name, value] of fields) {
      if (isKind(value)) out.set(name, value);
      else this.read.tell([...path, ...name.split('.')], `${name} ${message}`, hint);
    }
    return out;
  }

  #files(named: string | readonly string[]): string[] {
    return [named].flat().map((name) => resolve(this.folder, name));
  }

  /** The index that events belong to where nothing says so: one that the query reads. */
  #indexOf(query: number): string | null {
    const text = this.hunt?.queries[query]?.text;
    const parsed = text === undefined ? null : parse(new SourceText(text)).query;
    return (parsed && indexPatterns(parsed)[0]?.replaceAll('*', 'default')) ?? null;
  }
}

const isSample = (data: string | readonly string[]): data is Sample => data === 'demo' || data === 'quiet';

const isList = (value: FieldValue): value is readonly FieldValue[] => Array.isArray(value) && value.length > 0;

const counts = (value: FieldValue): value is CountedValue =>
  typeof value === 'string' ? /\d/.test(value) : typeof value === 'bigint' || Number.isInteger(value);
