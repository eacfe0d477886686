import type { Form, KnownNames, Order, WantedField } from '../documents/names.ts';
import type { MappedField, Mapping } from './mapping.ts';

/** The forms in which values of a mapping type nearly always come; of types that are not here they may have any form. */
const usual: Readonly<Record<string, readonly [Form, Order]>> = {
  keyword: ['text', 'sortedOnce'],
  constant_keyword: ['text', 'sortedOnce'],
  wildcard: ['text', 'sortedOnce'],
  version: ['text', 'sortedOnce'],
  text: ['text', 'asTheyCome'],
  match_only_text: ['text', 'asTheyCome'],
  semantic_text: ['text', 'asTheyCome'],
  annotated_text: ['text', 'asTheyCome'],
  search_as_you_type: ['text', 'asTheyCome'],
  byte: ['whole', 'sorted'],
  short: ['whole', 'sorted'],
  integer: ['whole', 'sorted'],
  token_count: ['whole', 'sorted'],
  long: ['whole', 'sorted'],
  unsigned_long: ['whole', 'sorted'],
  half_float: ['decimal', 'sorted'],
  float: ['decimal', 'sorted'],
  scaled_float: ['decimal', 'sorted'],
  double: ['decimal', 'sorted'],
  boolean: ['boolean', 'sorted'],
  date: ['date', 'sorted'],
  date_nanos: ['dateNanos', 'sorted'],
  ip: ['address', 'sortedOnce'],
};

const bits: Readonly<Record<string, number>> = { byte: 7, short: 15, integer: 31, token_count: 31 };

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

function wanted({ name, mappingType, property }: MappedField): WantedField {
  const [form, order] = property.normalizer === 'lowercase' ? [] : (usual[mappingType] ?? []);
  const limit = bits[mappingType];
  return {
    name,
    form: form ?? 'any',
    order: order ?? 'asTheyCome',
    takesObjects: mappingType === 'geo_point',
    ...(limit !== undefined && { least: -(2 ** limit), most: 2 ** limit - 1 }),
    ...(mappingType === 'unsigned_long' && { least: 0 }),
    // There are never more characters than bytes.
    ...(form === 'text' && property.ignore_above !== undefined && { longest: property.ignore_above }),
  };
}
