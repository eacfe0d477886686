import type { FieldTypes } from '../catalogue/field-types.ts';
import type { JoinedPieces } from '../documents/joined-pieces.ts';
import type { KnownNames, WantedField } from '../documents/names.ts';
import { ident, join, number, type Sql, sql } from '../sql/sql.ts';
import { always, conditionSql, never } from './conditions.ts';
import { MappedColumns, mappingColumn, type Read } from './mapped-columns.ts';
import type { Condition, Family, Mapping } from './mapping.ts';
import { FamilyNames, type FormColumn, MappedFields } from './names.ts';
import { AskedNames, type RawValues, ReadValues } from './raw-values.ts';
import { Steps } from './steps.ts';

/** Events that are in the names of ECS already: their fields are theirs. */
const isEcs = ['event.category', 'data_stream.dataset'] as const;
/** Events that say that they are in the names of ECS, whether a mapping may have them or not. */
const saysEcs = [...isEcs, 'event.kind', 'ecs.version'] as const;

/** Names by which events are known to be in those of ECS. */
export const marksOfEcs: ReadonlySet<string> = new Set(isEcs);

/** The names that tell the sources of events apart. */
export function recognisingNames(mappings: readonly Mapping[]): WantedField[] {
  const asked = new AskedNames();
  for (const { recognised, mapping } of fieldsBy(mappings, asked, 'before').fields) {
    void recognised;
    if (mapping.takesEcs) conditionSql(mapping.takesEcs, asked);
  }
  return [...saysEcs.map((name) => ({ name, form: 'text', order: 'sortedOnce' }) as const), ...inputsOf(asked)];
}

/** Whether an event says that it is in the names of ECS, and whether it says when it was. */
export function ownNames(read: JoinedPieces): { readonly saysEcs: Sql; readonly hasTime: Sql } {
  const raw = new ReadValues(read.names, read.fields, read.kinds);
  const some = (names: readonly string[]): Sql =>
    conditionSql({ any: names.map((name) => ({ [name]: { exists: true } })) }, raw);
  return { saysEcs: some(saysEcs), hasTime: some(['@timestamp']) };
}

/** The names of raw documents that a mapping makes nothing of. */
export function unmappedNames(mapping: Mapping, names: readonly string[]): string[] {
  const asked = new AskedNames();
  const [fields] = fieldsBy([mapping], asked, 'before').fields as [MappedFields];
  void fields.recognised;
  for (const field of mapping.fields.keys()) fields.field(field);
  for (const { from } of mapping.prefixes) if (!from.endsWith('.')) asked.objects.add(from);
  const isWithin = (name: string): boolean => [...asked.objects].some((whole) => name.startsWith(`${whole}.`));
  return names.filter(
    (name) =>
      !asked.texts.has(name) && !asked.objects.has(name) && !isWithin(name) && fields.namesOf(name).length === 0,
  );
}

/** What of the documents the values of some fields are made of. */
function inputNames(mappings: readonly Mapping[], fields: Iterable<string>): WantedField[] {
  const asked = new AskedNames();
  const all = fieldsBy(mappings, asked, 'before').fields;
  for (const field of fields) for (const one of all) one.field(field);
  return inputsOf(asked);
}

/** Every field that mappings define by name. */
const definedFields = (mappings: readonly Mapping[]): ReadonlySet<string> =>
  new Set(mappings.flatMap(({ fields }) => [...fields.keys()]));

/**
 * The fields by each of some mappings, and columns that say in which forms events come. `before` it is known which mapping
 * is whose, what they are made of is worked out for every event; `behind` that, for those of the mapping alone.
 */
function fieldsBy(mappings: readonly Mapping[], raw: RawValues, when: 'before' | 'behind'): FieldsOfAll {
  const steps = new Steps(`_${when}_`);
  const families = new Map<Family, FamilyNames>();
  for (const { family } of mappings)
    if (family && !families.has(family))
      families.set(family, new FamilyNames(family, raw, `_form_${families.size}`, steps));
  return {
    fields: mappings.map((mapping, i) => {
      const isIts = when === 'before' ? null : sql`${ident(mappingColumn)} = ${number(i + 1)}`;
      return new MappedFields(mapping, raw, families.get(mapping.family!) ?? null, steps, isIts);
    }),
    forms: [...families.values()].flatMap(({ column }) => column ?? []),
    steps,
  };
}

interface FieldsOfAll {
  readonly fields: readonly MappedFields[];
  /** What says in which form of its family an event comes. */
  readonly forms: readonly FormColumn[];
  readonly steps: Steps;
}

function inputsOf({ texts, objects }: AskedNames): WantedField[] {
  const whole = [...objects].map(
    (name): WantedField => ({ name, form: 'json', order: 'asTheyCome', takesObjects: true, looksInside: true }),
  );
  const scalars = [...texts].filter((name) => !objects.has(name));
  return [...whole, ...scalars.map((name): WantedField => ({ name, form: 'text', order: 'sortedOnce' }))];
}

/**
 * What to look for in documents, with what distinguishes their sources and what the fields that are wanted by the mappings in
 * use are made of: as texts, unless all fields are wanted, for then the values show under their own names as well. A field
 * that has a type keeps its form.
 */
export function namesToMap(
  names: KnownNames,
  mappings: readonly Mapping[],
  used: readonly Mapping[],
  fields: Iterable<string> | 'all',
): KnownNames {
  const inputs = [...recognisingNames(mappings), ...inputNames(used, fields === 'all' ? definedFields(used) : fields)];
  const all = new Map(names.fields.map((field) => [field.name, field]));
  for (const input of inputs) {
    const before = all.get(input.name);
    const isShown = names.unknown === 'discover' && input.form === 'text';
    if (!before) all.set(input.name, isShown ? { name: input.name, form: 'dynamic', order: 'sortedOnce' } : input);
    else if (input.form === 'json' && before.form === 'dynamic') all.set(input.name, input);
  }
  return { ...names, fields: [...all.values()] };
}

/** Documents with the number of the mapping of each, among `mappings`; null where no document has one. */
export function recognise(mappings: readonly Mapping[], read: Read): Sql | null {
  const raw = new ReadValues(read.names, read.fields, read.kinds);
  return recognised(mappings, raw, read.relation);
}

function recognised(mappings: readonly Mapping[], raw: RawValues, relation: Sql): Sql | null {
  const all = fieldsBy(mappings, raw, 'before');
  const number = mappingNumber(all, raw);
  return number && withMapping(all, number, relation);
}

/** The number of the mapping of an event; null where none can be that of any event. */
function mappingNumber({ fields }: FieldsOfAll, raw: RawValues): Sql | null {
  const among = (wanted: (mapping: Mapping) => Condition | null): Sql[] =>
    fields.flatMap(({ recognised, mapping }, i) => {
      const condition = wanted(mapping);
      const more = condition === null ? never : conditionSql(condition, raw);
      if (recognised === never || more === never) return [];
      return [sql`WHEN ${more === always ? recognised : sql`(${recognised} AND ${more})`} THEN ${number(i + 1)}`];
    });
  const cases = among(() => ({}));
  if (cases.length === 0) return null;
  const isReady = conditionSql({ any: isEcs.map((name) => ({ [name]: { exists: true } })) }, raw);
  const ofEcs = among(({ takesEcs }) => takesEcs);
  const ready = ofEcs.length === 0 ? sql`NULL` : sql`(CASE ${join(ofEcs, '\n')} END)`;
  const first = isReady === never ? [] : [sql`WHEN ${isReady} THEN ${ready}`];
  return sql`(CASE ${join([...first, ...cases], '\n')} END)`;
}

/** Documents with the number of the mapping of each, and of its form. */
function withMapping({ forms, steps }: FieldsOfAll, found: Sql, relation: Sql): Sql {
  const formed = forms.map(({ name, value }) => sql`${value} AS ${ident(name)}`);
  const from = formed.length === 0 ? relation : sql`(SELECT *, ${join(formed, ', ')} FROM ${relation})`;
  return sql`(SELECT *, ${found} AS ${ident(mappingColumn)} FROM ${steps.over(from)})`;
}

/**
 * Documents with the wanted fields as mappings have them, in columns like those of the document reader. A field that the
 * mapping of a document defines is that mapping's; others stay as they were read. Documents are recognised by all `mappings`;
 * of those that are not `used`, no fields are made. `isRecognised`: whether some document may be of one of them.
 */
export function mapColumns(
  mappings: readonly Mapping[],
  read: Read,
  wanted: ReadonlySet<string> | 'all',
  types: FieldTypes,
  used: ReadonlySet<Mapping> = new Set(mappings),
): Read & { readonly isRecognised: boolean } {
  const raw = new ReadValues(read.names, read.fields, read.kinds);
  const relation = recognised(mappings, raw, read.relation);
  if (relation === null)
    return { ...new MappedColumns(read, types, new Steps('_')).result(read.relation, wanted), isRecognised: false };
  const { fields: all, steps } = fieldsBy(mappings, raw, 'behind');
  const by = all.map((fields, i) => ({ at: i + 1, fields })).filter(({ fields }) => used.has(fields.mapping));
  const names =
    wanted === 'all'
      ? namesOfAll(
          by.map(({ fields }) => fields),
          read,
        )
      : wanted;
  const made = new MappedColumns(read, types, steps);
  for (const name of names) {
    const definers = by.filter(({ fields }) => fields.defines(name));
    if (definers.length === 0) continue;
    const values = definers.flatMap(({ at, fields }) => {
      const value = fields.field(name);
      return value ? [{ at, value }] : [];
    });
    made.add(
      name,
      definers.map(({ at }) => at),
      values,
    );
  }
  return { ...made.result(relation, wanted), isRecognised: true };
}

/** Every field that documents may have by mappings: those that these name, and what stands below their prefixes. */
function namesOfAll(by: readonly MappedFields[], read: Read): Set<string> {
  const names = new Set<string>();
  for (const fields of by) {
    for (const name of fields.mapping.fields.keys()) names.add(name);
    for (const raw of read.kinds.keys()) for (const name of fields.namesOf(raw)) names.add(name);
  }
  return names;
}
