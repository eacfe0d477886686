import {
  type Carriage,
  isStream,
  type PossibleValues,
  type RecordedKind,
  type RecordedSource,
} from '../catalogue/recorded-source.ts';
import { own } from '../values/own.ts';
import { rememberingBy } from '../values/remembering.ts';
import type { Condition, Definition, Mapping, Scalar, Value } from './mapping.ts';

/*
 * What the sources of mappings can record, as their mappings say it: the rows of tables are kinds of events, constants
 * are the values of all events, and `records` says what else there is to know.
 */

/** What the sources of mappings can record, in the order of the mappings. */
export const recordedSources = (mappings: readonly Mapping[]): RecordedSource[] =>
  mappings.flatMap((mapping) => {
    const [type, dataset] = mapping.index?.split('-') ?? [];
    return type === undefined || dataset === undefined
      ? []
      : {
          title: mapping.title,
          hasIndex: isStream(type, dataset),
          kinds: kindsOf(mapping),
          settings: (mapping.records.settings ?? []).map(({ when, needs }) => ({
            when: new Map(Object.entries(when).map(([field, values]) => [field, [values].flat().map(String)])),
            needs,
          })),
          carriage: carriageIn(mapping),
        };
  });

/** What distinguishes kinds of events: a raw member, and the value that a row of a table is for; null for all others. */
interface TableKey {
  readonly by: string;
  readonly value: string | null;
}

/** The fields that distinguish kinds of events, whatever their source. */
const kindFields =
  /^(?:host\.os\.(?:type|family|platform)|event\.(?:kind|category|type|action|dataset|module|provider|code)|data_stream\.\w+|winlog\.(?:channel|event_id|provider_name))$/;

/** The rows of the largest table, and what no row of it is for. Rows of other tables may apply to each. */
function kindsOf(mapping: Mapping): RecordedKind[] {
  const fields = [...mapping.fields].filter(([field]) => kindFields.test(field));
  const definitionsOf = new Map(fields);
  const rows = new Map<string, Set<string>>();
  for (const table of fields.flatMap(([, definitions]) => definitions.flatMap(({ value }) => tableOf(value) ?? [])))
    rows.set(table.by, new Set([...(rows.get(table.by) ?? []), ...table.rows.keys()]));
  const [by, values] = [...rows].reduce(
    (most, one) => (one[1].size > most[1].size ? one : most),
    ['', new Set<string>()],
  );
  const kindOf = (value: string | null): RecordedKind => ({
    number: by === 'winlog.event_id' ? value : null,
    values: whenAsked(definitionsOf, (field, definitions) => valuesOf(field, definitions, { by, value }, mapping)),
  });
  const listed = [...values].map(kindOf);
  return mapping.records.complete && listed.length > 0 ? listed : [...listed, kindOf(null)];
}

/** Values made of others when they are asked for: there are thousands of kinds, and questions about few of their fields. */
function whenAsked<K, A, B>(source: ReadonlyMap<K, A>, make: (key: K, value: A) => B): Pick<ReadonlyMap<K, B>, 'get'> {
  const made = new Map<K, B>();
  return {
    get(key) {
      const value = source.get(key);
      if (value === undefined) return undefined;
      const known = made.get(key) ?? make(key, value);
      made.set(key, known);
      return known;
    },
  };
}

interface Table {
  readonly by: string;
  readonly rows: ReadonlyMap<string, readonly string[]>;
}

/** A choice by one raw member; null for any other value. */
const tableOf = (value: Value): Table | null => (typeof value === 'object' ? tableIn(value) : null);

/** Each kind of events asks for every table. */
const tableIn = rememberingBy((value: Value & object): Table | null => {
  if (!('from' in value) || typeof value.from !== 'string') return null;
  const [op, ...rest] = value.then ?? [];
  if (rest.length > 0 || typeof op !== 'object' || !Array.isArray(op.choose) || 'else' in op) return null;
  const rows = op.choose as readonly (readonly [string, Scalar | readonly Scalar[]])[];
  return { by: value.from, rows: new Map(rows.map(([key, chosen]) => [key, [chosen].flat().map(String)])) };
});

/** What an event has all of. */
const together = (texts: readonly string[]): PossibleValues => ({
  texts,
  pattern: null,
  isOpen: false,
  ...(texts.length > 1 && { areTogether: true }),
});

const isTexts = (matcher: unknown): matcher is string | readonly string[] =>
  typeof matcher === 'string' || (Array.isArray(matcher) && matcher.every((one) => typeof one === 'string'));

/** The values that events of a source are known by where they have any of a name; null where they may have others. */
function recognisedBy(source: Condition, name: string): readonly string[] | null {
  const matcher = own(source, name);
  if (isTexts(matcher)) return [matcher].flat();
  if (typeof matcher === 'object' && 'exists' in matcher && !matcher.exists) return [];
  const alternatives = 'any' in source ? (source.any as readonly Condition[]) : [];
  const each = alternatives.map((one) => recognisedBy(one, name));
  return each.length === 0 || each.includes(null) ? null : each.flatMap((texts) => texts ?? []);
}

/** The first definition that gives a value counts: those that always do end the search. */
function valuesOf(
  field: string,
  definitions: readonly Definition[],
  key: TableKey,
  { records, when: source }: Mapping,
): PossibleValues {
  const texts: string[] = [];
  let isOpen = false;
  const ofKey = (value: Value): boolean => key.value !== null && value === key.by;
  for (const { value, when } of definitions) {
    const table = tableOf(value);
    const recognised = typeof value === 'string' ? recognisedBy(source, value) : null;
    if (table) {
      const row = key.value !== null && key.by === table.by ? table.rows.get(key.value) : undefined;
      texts.push(...(row ?? (key.by === table.by ? [] : [...table.rows.values()].flat())));
      if (row && when === null)
        return texts.length === row.length ? together(row) : { texts, pattern: null, isOpen: false };
    } else if (typeof value === 'object' && 'is' in value) {
      texts.push(...[value.is].flat().map(String));
      const all = [value.is].flat().map(String);
      if (when === null && value.when === undefined)
        return texts.length === all.length && !isOpen ? together(all) : { texts, pattern: null, isOpen };
    } else if (recognised !== null) {
      return { texts: recognised, pattern: null, isOpen: false };
    } else if (ofKey(value)) {
      return { texts: [key.value!], pattern: null, isOpen: false };
    } else isOpen = true;
  }
  const known = own(records.values ?? {}, field);
  if (known === undefined) return { texts, pattern: null, isOpen };
  if (typeof known === 'string') return { texts, pattern: new RegExp(`^(?:${known})$`), isOpen: false };
  return { texts: [...texts, ...known.map(String)], pattern: null, isOpen: false };
}

/** How events of a mapping carry a field. */
function carriageIn({ fields, prefixes, types, records }: Mapping): (field: string) => Carriage {
  const isSometimes = namesIn(records.sometimes);
  const isByKind = namesIn(records.by_kind);
  return (field) => {
    if (isSometimes(field)) return 'sometimes';
    if (isByKind(field)) return 'some kinds';
    const definitions = fields.get(field);
    if (definitions)
      return definitions.some(({ when, value }) => when === null && !tableOf(value)) ? 'general' : 'some kinds';
    return types.has(field) || prefixes.some(({ to }) => field.startsWith(to)) ? 'some kinds' : 'never';
  };
}

/** Whether a name is one of these; `NAME.*` stands for all below one. */
const namesIn =
  (names: readonly string[] = []) =>
  (name: string): boolean =>
    names.some((one) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : name === one));
