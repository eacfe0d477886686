import type { PossibleValues, RecordedKind, RecordedSource } from '../catalogue/recorded-source.ts';
import type { Constant, Expression } from '../plan/expression.ts';
import type { SearchCondition, ValueTest } from '../plan/search.ts';
import { parseLike } from '../values/like-pattern.ts';
import { luceneMatches } from '../values/lucene-regex.ts';

/*
 * Whether the sources of some events can record what conditions on the kind of event ask for. Of what was never seen it
 * says whether it did not happen or could not have been seen.
 */

/** What is known of events that fulfil some conditions. */
export type Recording =
  /** These sources record them. */
  | { readonly how: 'recorded'; readonly titles: readonly string[] }
  /** They do where something is set up. */
  | { readonly how: 'if set up'; readonly titles: readonly string[]; readonly needs: readonly string[] }
  /** Some of the events are of a source of which nobody knows it. */
  | { readonly how: 'unknown' }
  /** They never do. */
  | { readonly how: 'never'; readonly titles: readonly string[]; readonly sources: readonly RecordedSource[] };

/** Whether a condition can hold for events of a kind; `maybe` where what is known does not say. */
type Possible = 'yes' | 'no' | 'maybe';

/** The field that a column is. */
export type NameOf = (column: number) => string | undefined;

/** A condition, with whether some event of the data fulfils it. */
export interface AskedCondition {
  readonly condition: Expression;
  readonly isSeen: boolean;
}

/** What is known of events in these indices that fulfil all of the conditions. */
export function recordingOf(
  conditions: readonly AskedCondition[],
  indices: readonly string[],
  sources: readonly RecordedSource[],
  nameOf: NameOf,
): Recording {
  const asked = textsAsked(conditions, nameOf);
  let isUnknown = false;
  const never = new Set<RecordedSource>();
  const recorded = new Set<string>();
  const limited = new Map<string, Set<string>>();
  for (const index of indices) {
    const own = sources.filter((source) => source.hasIndex(index));
    if (own.length === 0) isUnknown = true;
    for (const source of own) {
      const possible = source.kinds.map((kind) => ({ kind, can: kindCan(kind, conditions, nameOf) }));
      const fitting = possible.filter(({ can }) => can === 'yes');
      const needs = fitting.map(({ kind }) => needsOf(kind, source, asked));
      if (needs.some((need) => need === null)) recorded.add(source.title);
      else if (fitting.length > 0) limited.set(source.title, new Set(needs.flatMap((need) => need ?? [])));
      else if (possible.some(({ can }) => can === 'maybe')) isUnknown = true;
      else never.add(source);
    }
  }
  if (recorded.size > 0) return { how: 'recorded', titles: [...recorded] };
  if (limited.size > 0)
    return {
      how: 'if set up',
      titles: [...limited.keys()],
      needs: [...new Set([...limited.values()].flatMap((one) => [...one]))],
    };
  return isUnknown
    ? { how: 'unknown' }
    : { how: 'never', titles: [...new Set([...never].map(({ title }) => title))], sources: [...never] };
}

/** Whether sources give a field that a condition asks several values at once, of which one would fulfil it. */
export function isOfSeveral(condition: Expression, sources: readonly RecordedSource[], nameOf: NameOf): boolean {
  const test = testOf(condition);
  const field = test?.field.kind === 'column' ? nameOf(test.field.column.id) : undefined;
  if (field === undefined) return false;
  const possible = sources.flatMap(({ kinds }) => kinds.flatMap(({ values }) => values.get(field) ?? []));
  return possible.some(({ texts, areTogether }) => areTogether && texts.some(test!.holds));
}

/** Kinds of events that have a number of their source and fulfil a condition, by source. */
export function numbersOf(
  condition: Expression,
  sources: readonly RecordedSource[],
  nameOf: NameOf,
): { readonly title: string; readonly numbers: readonly string[] }[] {
  return sources.flatMap(({ title, kinds }) => {
    const fitting = kinds.filter((kind) => kindCan(kind, [{ condition, isSeen: false }], nameOf) === 'yes');
    const numbers = fitting.flatMap(({ number }) => number ?? []);
    return numbers.length === 0 ? [] : [{ title, numbers }];
  });
}

/**
 * Where events of a category, and of one of these platforms if any are named, stand under the name of another index: the
 * index, its source, and what it calls them.
 */
export function categoryElsewhere(
  category: string,
  platforms: readonly string[],
  indices: readonly string[],
  sources: readonly RecordedSource[],
): { readonly index: string; readonly title: string; readonly numbers: readonly string[] }[] {
  return indices.flatMap((index) =>
    sources
      .filter((source) => source.hasIndex(index))
      .flatMap(({ title, kinds }) => {
        const isOfPlatform = ({ values }: RecordedKind): boolean =>
          platforms.length === 0 ||
          ['host.os.type', 'host.os.family'].some((field) =>
            values.get(field)?.texts.some((text) => platforms.includes(text)),
          );
        const own = kinds.filter(
          (kind) => kind.values.get('event.category')?.texts.includes(category) && isOfPlatform(kind),
        );
        return own.length === 0 ? [] : [{ index, title, numbers: own.flatMap(({ number }) => number ?? []) }];
      }),
  );
}

/** How sources write a value that a condition asks for in other letters; null where none does. */
export function spellingOf(condition: Expression, sources: readonly RecordedSource[], nameOf: NameOf): string | null {
  const test = testOf(condition);
  const field = test?.field.kind === 'column' ? nameOf(test.field.column.id) : undefined;
  if (field === undefined) return null;
  const wanted = new Set(test!.examples?.map((text) => text.toLowerCase()));
  const texts = sources.flatMap(({ kinds }) => kinds.flatMap(({ values }) => values.get(field)?.texts ?? []));
  return texts.find((text) => wanted.has(text.toLowerCase())) ?? null;
}

function kindCan({ values }: RecordedKind, conditions: readonly AskedCondition[], nameOf: NameOf): Possible {
  const valuesOf = (column: number): PossibleValues | undefined => values.get(nameOf(column) ?? '');
  return every(
    conditions.map(({ condition, isSeen }) => {
      const can = canHold(condition, valuesOf);
      // What is there can be there.
      return can === 'maybe' && isSeen ? 'yes' : can;
    }),
  );
}

const every = (parts: readonly Possible[]): Possible =>
  parts.includes('no') ? 'no' : parts.includes('maybe') ? 'maybe' : 'yes';
const some = (parts: readonly Possible[]): Possible =>
  parts.includes('yes') ? 'yes' : parts.includes('maybe') ? 'maybe' : 'no';

type ValuesOf = (column: number) => PossibleValues | undefined;

function canHold(condition: Expression, valuesOf: ValuesOf): Possible {
  if (condition.kind === 'search') {
    const columns = new Map(
      condition.fields.flatMap(({ name, value }) =>
        value.kind === 'column' ? [[name, value.column.id] as const] : [],
      ),
    );
    return canBeFound(condition.condition, (name) => valuesOf(columns.get(name) ?? -1));
  }
  if (condition.kind !== 'call') return 'maybe';
  const { function: name, args } = condition;
  switch (name) {
    case 'AND':
      return every(args.map((arg) => canHold(arg, valuesOf)));
    case 'OR':
      return some(args.map((arg) => canHold(arg, valuesOf)));
    case 'NOT':
      return canFail(args[0]!, valuesOf);
    case 'IS NOT NULL':
      return ofValues(args[0]!, valuesOf, { ...nearlyAny, holds: () => true });
    case 'IS NULL':
      return 'maybe';
    case '!=':
      return canFail({ ...condition, function: '==' }, valuesOf);
    default: {
      const test = testOf(condition);
      return test ? ofValues(test.field, valuesOf, test) : 'maybe';
    }
  }
}

/** Whether the condition can be false. */
function canFail(condition: Expression, valuesOf: ValuesOf): Possible {
  if (condition.kind !== 'call') return 'maybe';
  const { function: name, args } = condition;
  if (name === 'AND') return some(args.map((arg) => canFail(arg, valuesOf)));
  if (name === 'OR') return every(args.map((arg) => canFail(arg, valuesOf)));
  if (name === 'NOT') return canHold(args[0]!, valuesOf);
  const test = testOf(condition);
  return test
    ? ofValues(test.field, valuesOf, { ...test, examples: null, holds: (text) => !test.holds(text) })
    : 'maybe';
}

/** A test of the text of a field. */
interface TextTest {
  readonly field: Expression;
  readonly ignoresCase: boolean;
  /** Whether it is never true of several values at once. */
  readonly isOfOne?: boolean;
  holds(text: string): boolean;
  /** Some of the texts that pass it; null where nearly all do. */
  readonly examples: readonly string[] | null;
}

/** A condition as a test of the text of a field; null for any other condition. */
function testOf(condition: Expression): TextTest | null {
  if (condition.kind !== 'call') return null;
  const { function: name, args } = condition;
  const [first, ...rest] = args;
  const [value, given] = name === '==' && first?.kind === 'constant' ? [rest[0], [first]] : [first, rest];
  if (!value || given.length === 0 || !given.every((one): one is Constant => one.kind === 'constant')) return null;
  const texts = given.flatMap((one) => [one.value].flat()).map(String);
  const { field, fold } = unfolded(value);
  const test = (examples: readonly string[], holds: (text: string, wanted: string) => boolean): TextTest => ({
    field,
    ignoresCase: fold !== asItIs,
    isOfOne: !name.startsWith('MV_'),
    examples,
    holds: (text) => texts.some((wanted) => holds(fold(text), wanted)),
  });
  switch (name) {
    case '==':
    case 'IN':
    case 'MV_CONTAINS':
    case 'MV_INTERSECTS':
      return test(texts, (text, wanted) => text === wanted);
    case 'LIKE':
      return test(texts.flatMap(examplesOfLike), (text, wanted) => matchesRegex(regexOfLike(wanted), text));
    case 'RLIKE':
      return test(texts.flatMap(examplesOfRegex), (text, wanted) => matchesRegex(wanted, text));
    case 'STARTS_WITH':
      return test(
        texts.flatMap((text) => [text, `${text}x`]),
        (text, wanted) => text.startsWith(wanted),
      );
    case 'ENDS_WITH':
      return test(
        texts.flatMap((text) => [text, `x${text}`]),
        (text, wanted) => text.endsWith(wanted),
      );
    case 'CONTAINS':
      return test(
        texts.flatMap((text) => [text, `x${text}x`]),
        (text, wanted) => text.includes(wanted),
      );
    default:
      return null;
  }
}

const asItIs = (text: string): string => text;

/** A field whose letters may have been made small or large. */
function unfolded(value: Expression): { readonly field: Expression; fold(text: string): string } {
  if (value.kind === 'call' && value.function === 'TO_LOWER')
    return { field: value.args[0]!, fold: (text) => text.toLowerCase() };
  if (value.kind === 'call' && value.function === 'TO_UPPER')
    return { field: value.args[0]!, fold: (text) => text.toUpperCase() };
  return { field: value, fold: asItIs };
}

function matchesRegex(pattern: string, text: string): boolean {
  try {
    return luceneMatches(pattern, text);
  } catch {
    // A pattern that is wrong has an error of its own.
    return true;
  }
}

const escaped = (literal: string): string => literal.replace(/[^\p{L}\p{N} ]/gu, '\\$&');

function regexOfLike(pattern: string): string {
  const parts = parseLike(pattern);
  if ('error' in parts) return '.*';
  return parts.map((part) => (part === '*' ? '.*' : part === '?' ? '.' : escaped(part.literal))).join('');
}

function examplesOfLike(pattern: string): string[] {
  const parts = parseLike(pattern);
  if ('error' in parts) return [];
  const filled = (some: string): string =>
    parts.map((part) => (part === '*' ? some : part === '?' ? 'x' : part.literal)).join('');
  return [filled(''), filled('x')];
}

/** Of a plain regular expression, in which only dots and stars stand for others. */
const examplesOfRegex = (pattern: string): string[] =>
  ['', 'x'].map((some) => pattern.replace(/\.[*+?]/g, some).replace(/\\(.)/g, '$1'));

/** Whether some value that a field can have passes a test. */
function ofValues(field: Expression, valuesOf: ValuesOf, test: Omit<TextTest, 'field'>): Possible {
  if (field.kind !== 'column') return 'maybe';
  return amongValues(valuesOf(field.column.id), test);
}

function amongValues(
  values: PossibleValues | undefined,
  { holds, examples, ignoresCase, isOfOne }: Omit<TextTest, 'field'>,
): Possible {
  if (!values) return 'maybe';
  if (values.areTogether && isOfOne) return 'no';
  if (values.texts.some(holds)) return 'yes';
  if (values.isOpen) return 'maybe';
  if (!values.pattern) return 'no';
  const pattern = ignoresCase ? new RegExp(values.pattern.source, 'i') : values.pattern;
  return examples === null || examples.some((text) => pattern.test(text)) ? 'yes' : 'no';
}

/** Passed by every text but a few, so that no pattern is without one. */
const nearlyAny = { examples: null, ignoresCase: false } as const;

/** Whether a search can find something in a document whose fields have such values. */
function canBeFound(condition: SearchCondition, valuesOf: (field: string) => PossibleValues | undefined): Possible {
  switch (condition.kind) {
    case 'all':
      return 'yes';
    case 'none':
      return 'no';
    case 'and':
      return every(condition.parts.map((part) => canBeFound(part, valuesOf)));
    case 'or':
      return some(condition.parts.map((part) => canBeFound(part, valuesOf)));
    case 'anyValue': {
      const test = ofOneValue(condition.test);
      return test ? amongValues(valuesOf(condition.field), test) : 'maybe';
    }
    default:
      return 'maybe';
  }
}

function ofOneValue(test: ValueTest): Omit<TextTest, 'field'> | null {
  switch (test.kind) {
    case 'equals':
      return { examples: [String(test.value)], ignoresCase: false, holds: (text) => text === String(test.value) };
    case 'in': {
      const texts = test.values.map(String);
      return { examples: texts, ignoresCase: false, holds: (text) => texts.includes(text) };
    }
    case 'equalsIgnoringCase': {
      const wanted = test.value.toLowerCase();
      return { examples: [wanted], ignoresCase: true, holds: (text) => text.toLowerCase() === wanted };
    }
    case 'anyOf': {
      const tests = test.tests.map(ofOneValue);
      if (tests.some((one) => one === null)) return null;
      return {
        examples: tests.flatMap((one) => one!.examples ?? []),
        ignoresCase: tests.some((one) => one!.ignoresCase),
        holds: (text) => tests.some((one) => one!.holds(text)),
      };
    }
    case 'wildcard': {
      const { pattern, ignoreCase } = test;
      const folded = (text: string): string => (ignoreCase ? text.toLowerCase() : text);
      const regex = regexOfLike(folded(pattern));
      return {
        examples: examplesOfLike(pattern),
        ignoresCase: ignoreCase,
        holds: (text) => matchesRegex(regex, folded(text)),
      };
    }
    case 'startsWith':
      return { examples: [test.prefix], ignoresCase: false, holds: (text) => text.startsWith(test.prefix) };
    default:
      return null;
  }
}

/** The texts that conditions ask of each field, where they name them. */
function textsAsked(conditions: readonly AskedCondition[], nameOf: NameOf): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const see = (condition: Expression): void => {
    if (condition.kind !== 'call') return;
    if (condition.function === 'AND' || condition.function === 'OR') for (const arg of condition.args) see(arg);
    const test = condition.function === '==' || condition.function === 'IN' ? testOf(condition) : null;
    const name = test?.field.kind === 'column' ? nameOf(test.field.column.id) : undefined;
    if (test && name !== undefined) found.set(name, [...(found.get(name) ?? []), ...(test.examples ?? [])]);
  };
  for (const { condition } of conditions) see(condition);
  return found;
}

/** The settings without which events of a kind that have the texts asked for are not recorded; null for none. */
function needsOf(
  { values }: RecordedKind,
  { settings }: RecordedSource,
  asked: ReadonlyMap<string, readonly string[]>,
): string[] | null {
  const applying = settings.filter(({ when }) =>
    [...when].every(([field, limited]) => {
      const own = values.get(field);
      const texts = asked.get(field) ?? (own && !own.isOpen && !own.pattern ? own.texts : []);
      return texts.length > 0 && texts.every((text) => limited.includes(text));
    }),
  );
  return applying.length > 0 ? applying.map(({ needs }) => needs) : null;
}
