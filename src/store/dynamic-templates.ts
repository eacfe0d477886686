import { patternMatcher } from '../catalogue/index-pattern.ts';
import { withinTime } from '../engines/duckdb/time-limit.ts';
import type { Property } from '../tables/mapped-field.ts';
import type { EsqlType } from '../values/types.ts';
import type { DynamicTemplate, MappingParameters } from './mapping.ts';

/*
 * The properties that dynamic templates give to new fields:
 * https://www.elastic.co/docs/manage-data/data-store/mapping/dynamic-templates
 */

/** What templates call the values of a field. */
export type ValueType = 'boolean' | 'long' | 'double' | 'string' | 'date';

/** What templates call values of a type. */
export function valueTypeOf(type: EsqlType): ValueType {
  switch (type) {
    case 'boolean':
    case 'date':
      return type;
    case 'integer':
    case 'long':
    case 'unsigned_long':
      return 'long';
    case 'double':
      return 'double';
    case 'date_nanos':
      return 'date';
    default:
      return 'string';
  }
}

/** The property for a new field; null where no template matches. */
export function templateProperty(
  name: string,
  value: ValueType,
  { dynamic_templates: templates = [] }: MappingParameters,
): Property | null {
  const template = findTemplate(name, value, templates);
  return template ? fromTemplate(template, name, value) : null;
}

function findTemplate(
  name: string,
  value: ValueType,
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
        fits(template.match_mapping_type, value, true) &&
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
function fromTemplate({ mapping = {} }: DynamicTemplate, name: string, value: ValueType): Property {
  const filled = JSON.parse(
    JSON.stringify(mapping)
      .replaceAll('{name}', () => JSON.stringify(name.slice(name.lastIndexOf('.') + 1)).slice(1, -1))
      .replaceAll('{dynamic_type}', value === 'string' ? 'text' : value),
  ) as Property;
  const types = { string: 'text', long: 'long', double: 'float', boolean: 'boolean', date: 'date' };
  return filled.type === undefined ? { ...filled, type: types[value] } : filled;
}
