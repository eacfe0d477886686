import type { KnownNames, WantedField } from '../documents/names.ts';
import { wantedField } from '../sources/read-columns.ts';
import type { MappedField, Mapping } from './mapping.ts';

const bits: Readonly<Record<string, number>> = { byte: 7, short: 15 };

/** What a mapping knows of documents. `takesMore` is whether its objects may get new fields at all. */
export function knownNames(mapping: Mapping, takesMore: boolean): KnownNames {
  const own = [...mapping.fields.values()].filter((field) => field.of === null);
  const objects = [...mapping.objects];
  return {
    fields: own.filter(({ type }) => type !== 'unsupported').map(wanted),
    objects,
    opaque: own.filter(({ type }) => type === 'unsupported').map(({ name }) => name),
    open: ['', ...objects].filter((name) => {
      const dynamic = String(mapping.dynamicAt(name));
      return dynamic === 'false' || dynamic === 'runtime' || (!takesMore && dynamic !== 'strict');
    }),
  };
}

function wanted({ name, type, mappingType, property }: MappedField): WantedField {
  const field = wantedField(name, type);
  if (property.normalizer === 'lowercase') return { ...field, form: 'any' };
  const limit = bits[mappingType];
  return {
    ...field,
    ...(limit !== undefined && { least: -(2 ** limit), most: 2 ** limit - 1 }),
    // There are never more characters than bytes.
    ...(type === 'keyword' && property.ignore_above !== undefined && { longest: property.ignore_above }),
  };
}
