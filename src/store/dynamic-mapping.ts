import type { FieldTypes } from '../catalogue/field-types.ts';
import { patternMatcher } from '../catalogue/index-pattern.ts';
import { withinTime } from '../engines/duckdb/time-limit.ts';
import type { DynamicTemplate, MappingParameters, Property } from './mapping.ts';

/*
 * The mapping of a field that no mapping knows, from the first value seen, as Elasticsearch does it:
 * https://www.elastic.co/docs/manage-data/data-store/mapping/dynamic-field-mapping
 */

/** What a new field of an index may become. */
export interface DynamicRules {
  readonly parameters: MappingParameters;
  /** Known names have the types of ECS and Elastic Defend, as in Elastic's logs-* data streams; null in plain indices. */
  readonly known: FieldTypes | null;
}

export type Scalar = string | number | boolean;
type JsonKind = 'boolean' | 'long' | 'double' | 'string' | 'date';

const isoDate =
  /^\d{4}(?:-\d{2}(?:-\d{2}(?:T(?:\d{2}(?::\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?)?)?)?$/;
const slashDate = /^\d{4}\/\d{2}\/\d{2}(?: \d{2}:\d{2}:\d{2})?(?: ?(?:Z|[+-]\d{2}:?\d{2}))?$/;

/** The property for a new field; null when a template or rule says that it is not mapped. */
export function dynamicProperty(name: string, value: Scalar, rules: DynamicRules): Property {
  const kind = kindOf(value, rules.parameters);
  const template = findTemplate(name, kind, rules.parameters.dynamic_templates ?? []);
  if (template) return fromTemplate(template, name, kind);
  const known = rules.known?.get(name);
  if (known && !known.of) {
    const fields = Object.fromEntries(
      rules.known!.multiFieldsOf(name).map((sub) => {
        const { type, of } = rules.known!.get(sub)!;
        return [sub.slice(name.length + 1), { type, ...(of!.lowerCase && { normalizer: 'lowercase' }) }];
      }),
    );
    return { type: known.type, ...(Object.keys(fields).length > 0 && { fields }) };
  }
  switch (kind) {
    case 'boolean':
    case 'long':
    case 'date':
      return { type: kind };
    case 'double':
      // Elasticsearch keeps only 32 bits of a decimal; logs read from files keep them all.
      return { type: rules.known ? 'double' : 'float' };
    case 'string':
      return rules.known
        ? { type: 'keyword' }
        : { type: 'text', fields: { keyword: { type: 'keyword', ignore_above: 256 } } };
  }
}

function kindOf(value: Scalar, parameters: DynamicRules['parameters']): JsonKind {
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return Number.isInteger(value) ? 'long' : 'double';
  if (parameters.date_detection !== false && value.length >= 10 && (isoDate.test(value) || slashDate.test(value)))
    return 'date';
  if (parameters.numeric_detection === true && value.trim() !== '' && Number.isFinite(Number(value)))
    return /^[+-]?\d+$/.test(value) ? 'long' : 'double';
  return 'string';
}

function findTemplate(
  name: string,
  kind: JsonKind | 'object',
  templates: NonNullable<MappingParameters['dynamic_templates']>,
): DynamicTemplate | undefined {
  const last = name.slice(name.lastIndexOf('.') + 1);
  return templates
    .flatMap((entry) => Object.values(entry))
    .find((template) => {
      const fits = (patterns: string | readonly string[] | undefined, text: string, otherwise: boolean): boolean =>
        patterns === undefined
          ? otherwise
          : [patterns]
              .flat()
              .some((pattern) =>
                template.match_pattern === 'regex' ? fitsRegExp(pattern, text) : patternMatcher(pattern)(text),
              );
      return (
        fits(template.match_mapping_type, kind, true) &&
        fits(template.match, last, true) &&
        !fits(template.unmatch, last, false) &&
        fits(template.path_match, name, true) &&
        !fits(template.path_unmatch, name, false)
      );
    });
}

/** A pattern that is none, or that tries too many ways, fits nothing. */
function fitsRegExp(pattern: string, text: string): boolean {
  let fits = false;
  try {
    withinTime(100, () => {
      fits = new RegExp(`^(?:${pattern})$`).test(text);
    });
  } catch {
    return false;
  }
  return fits;
}

/** A template's mapping with `{name}` and `{dynamic_type}` filled in. */
function fromTemplate({ mapping = {} }: DynamicTemplate, name: string, kind: JsonKind): Property {
  const filled = JSON.parse(
    JSON.stringify(mapping)
      .replaceAll('{name}', () => JSON.stringify(name.slice(name.lastIndexOf('.') + 1)).slice(1, -1))
      .replaceAll('{dynamic_type}', kind === 'string' ? 'text' : kind),
  ) as Property;
  const types = { string: 'text', long: 'long', double: 'float', boolean: 'boolean', date: 'date' };
  return filled.type === undefined ? { ...filled, type: types[kind] } : filled;
}
