import type { Mapping, Value } from './mapping.ts';

const timestamp = '@timestamp';

/**
 * Mappings with one more, by which events that say no `@timestamp` have it from a field of their own. It comes last, so
 * that the others do not lose events to it, and each of them takes the field where it has no better time.
 */
export function withTimeField(mappings: readonly Mapping[], field: string): readonly Mapping[] {
  const value: Value = { from: field, then: ['time'] };
  const definition = { value, when: null };
  const others = mappings.map((mapping): Mapping => {
    // Those of a family do not read the names of the source itself.
    if (mapping.family !== null) return mapping;
    // A field that a mapping defines hides the raw one of that name.
    const times = [...(mapping.fields.get(timestamp) ?? []), { value: timestamp, when: null }, definition];
    return { ...mapping, fields: new Map([...mapping.fields, [timestamp, times]]) };
  });
  const own: Mapping = {
    ...{ name: 'time-field', title: `the time in ${field}`, index: null, takesEcs: {}, family: null },
    when: { [field]: { exists: true }, [timestamp]: { exists: false } },
    fields: new Map([[timestamp, [definition]]]),
    prefixes: [],
    types: new Map(),
    records: {},
  };
  return [...others, own];
}
