import { createHash } from 'node:crypto';
import type {
  Condition,
  Definition,
  Derivation,
  Family,
  Form,
  FormFile,
  Mapping,
  MappingFile,
  MappingFiles,
  Prefix,
  PrefixRule,
  Value,
} from './mapping.ts';

/** Puts mappings together with what they extend and the forms of their families; those without an index are left out. */
export function resolveMappings({ mappings, families }: MappingFiles): Mapping[] {
  const byName = new Map(mappings.map((mapping) => [mapping.name, mapping]));
  const byFamily = new Map(
    families.map(({ family, forms, empty = {} }): [string, Family] => [
      family,
      {
        forms: forms.map(resolveForm),
        empty: Object.entries(empty).map(([below, texts]) => ({ below, texts })),
      },
    ]),
  );
  const lineOf = (mapping: MappingFile, seen: readonly string[] = []): MappingFile[] => {
    if (mapping.extends === undefined) return [mapping];
    const base = byName.get(mapping.extends);
    if (!base || seen.includes(base.name))
      throw new Error(
        `mapping ${mapping.name} extends ${mapping.extends}, ${base ? 'which extends it' : 'which is not there'}`,
      );
    return [mapping, ...lineOf(base, [...seen, mapping.name])];
  };
  return mappings.flatMap((mapping) => {
    if (mapping.index === undefined || mapping.when === undefined) return [];
    const line = lineOf(mapping);
    const family = line.find((one) => one.family !== undefined)?.family;
    const own = family === undefined ? null : byFamily.get(family);
    if (own === undefined) throw new Error(`mapping ${mapping.name} is of the family ${family}, which is not there`);
    const types = new Map<string, string>();
    for (const one of [...line].reverse())
      for (const [field, type] of Object.entries(one.types ?? {})) types.set(field, type);
    return {
      name: mapping.name,
      title: mapping.title ?? mapping.name,
      index: mapping.index,
      when: mapping.when,
      takesEcs: line.find(({ unfinished }) => unfinished)?.unfinished ?? null,
      family: own,
      fields: definitionsOf(mapping, line),
      prefixes: line.flatMap((one) => prefixesOf(one.prefixes)),
      types,
      records: line.find(({ records }) => records)?.records ?? {},
    };
  });
}

const digests = new WeakMap<readonly Mapping[], string>();

/** A short text that differs where mappings do. */
export function digestOfMappings(mappings: readonly Mapping[]): string {
  const known = digests.get(mappings);
  if (known !== undefined) return known;
  const plain = JSON.stringify(mappings, (_, value: unknown) => (value instanceof Map ? [...value] : value));
  const digest = createHash('sha256').update(plain).digest('base64url').slice(0, 16);
  digests.set(mappings, digest);
  return digest;
}

/** The index that events of a dataset belong to. */
export function indicesByDataset(mappings: readonly Mapping[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { fields, index } of mappings) {
    const value = fields.get('event.dataset')?.at(-1)?.value;
    if (index !== null && typeof value === 'object' && 'is' in value && !found.has(String(value.is)))
      found.set(String(value.is), index);
  }
  return found;
}

function resolveForm({ name, title, when, fields = {}, prefixes }: FormFile): Form {
  return {
    name,
    title: title ?? name,
    when: when ?? null,
    fields: new Map(Object.entries(fields)),
    prefixes: prefixesOf(prefixes),
  };
}

/** Longer names come first: they say more. */
function prefixesOf(prefixes: { readonly [prefix: string]: Prefix } = {}): PrefixRule[] {
  return Object.entries(prefixes)
    .flatMap(([to, prefix]): PrefixRule[] => {
      if (typeof prefix === 'string') return [{ kind: 'names', to, from: prefix, style: 'same', then: [] }];
      if ('json' in prefix) return [{ kind: 'json', to, from: prefix.json }];
      if ('lines' in prefix) return [{ kind: 'lines', to, from: prefix.lines }];
      if ('objects' in prefix)
        return [{ kind: 'pairs', to, from: prefix.objects, name: prefix.name, value: prefix.value ?? null }];
      const { from, names: style = 'same', numbered = false, then = [] } = prefix;
      const kind = numbered ? 'numbered' : 'names';
      return [from].flat().map((one) => ({ kind, to, from: one, style, then }));
    })
    .sort((a, b) => b.to.length - a.to.length);
}

function definitionsOf(mapping: MappingFile, line: readonly MappingFile[]): Map<string, Definition[]> {
  const fields = new Map<string, Definition[]>();
  const add = (field: string, value: Value, when: Condition | null): void => {
    const before = fields.get(field);
    if (before) before.push({ value, when });
    else fields.set(field, [{ value, when }]);
  };
  for (const { groups = [], tables = [], fields: own = {} } of line) {
    for (const { when, fields: grouped } of groups)
      for (const [field, value] of Object.entries(grouped)) add(field, value, when);
    for (const { by, rows } of tables) for (const [field, value] of tableFields(by, rows)) add(field, value, null);
    for (const [field, value] of Object.entries(own)) add(field, value, null);
  }
  for (const derivation of new Set(line.flatMap(({ derives = [] }) => derives)))
    for (const [field, value] of derivations[derivation]) add(field, value, null);
  for (const [field, value] of streamValues(mapping, line)) add(field, value, null);
  return fields;
}

const userAgentParts = ['name', 'version', 'os.name', 'os.version', 'os.full', 'device.name'] as const;

/** The fields that follow from others. */
const derivations: Readonly<Record<Derivation, readonly (readonly [string, Value])[]>> = {
  user_agent: userAgentParts.map((part) => [
    `user_agent.${part}`,
    { from: 'ecs:user_agent.original', then: [{ user_agent: part }] },
  ]),
  community_id: [
    [
      'network.community_id',
      {
        community_id: [
          'ecs:source.ip',
          'ecs:source.port',
          'ecs:destination.ip',
          'ecs:destination.port',
          'ecs:network.transport',
        ],
      },
    ],
  ],
};

/** The columns of a table, each as a choice by what it goes by. */
function tableFields(by: string, rows: NonNullable<MappingFile['tables']>[number]['rows']): [string, Value][] {
  const choices = new Map<string, [string, unknown][]>();
  for (const [value, row] of Object.entries(rows))
    for (const [field, chosen] of Object.entries(row)) {
      const choice = choices.get(field) ?? [];
      choices.set(field, choice);
      choice.push([value, chosen]);
    }
  return [...choices].map(([field, choice]) => [field, { from: by, then: [{ choose: choice }] }]);
}

/** What every event of a data stream says. */
function streamValues({ index }: MappingFile, line: readonly MappingFile[]): [string, Value][] {
  const [type, ofIndex, ...namespace] = index!.split('-') as [string, string | undefined];
  const dataset = line.find((one) => one.dataset !== undefined)?.dataset ?? ofIndex;
  const constants: [string, string | undefined][] = [
    ['event.kind', 'event'],
    ['event.module', dataset?.split('.')[0]],
    ['event.dataset', dataset],
    ['data_stream.type', type],
    ['data_stream.dataset', ofIndex],
    ['data_stream.namespace', namespace.join('-') || 'default'],
  ];
  return constants.flatMap(([field, value]) => (value === undefined ? [] : [[field, { is: value }]]));
}
