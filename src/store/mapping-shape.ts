import { formatError } from '../tables/date-format.ts';
import type { Property } from '../tables/mapped-field.ts';
import { metricParts } from '../values/metric-values.ts';
import { isObject } from '../values/plain-json.ts';
import { type DynamicTemplate, isMappingType, type MappingDefinition } from './mapping.ts';
import { mapperParsing, Refusal } from './refusal.ts';
import { refuseOfField, refuseOfMapping, refuseOfTemplate } from './unsupported-parameters.ts';

/*
 * The shape of mappings as requests bring them. What is refused here would fail only when an index is made, or its first
 * document comes.
 */

/** Elasticsearch takes an empty list for no properties. */
const isMapOrNothing = (value: unknown): boolean =>
  value === undefined || isObject(value) || (Array.isArray(value) && value.length === 0);

const dynamicValues = new Set(['true', 'false', 'strict', 'runtime']);

function checkDynamic(dynamic: unknown, name: string): void {
  if (dynamic !== undefined && !dynamicValues.has(String(dynamic)))
    throw mapperParsing(`unknown value [${JSON.stringify(dynamic)}] for parameter [dynamic] on [${name}]`);
}

/** Throws a Refusal for what is no mapping, whatever its fields are. */
export function checkMappingShape(definition: unknown): asserts definition is MappingDefinition {
  if (!isObject(definition)) throw new Refusal('parse_exception', 'key [mappings] must be an object', 400);
  const { properties, dynamic, dynamic_templates: templates } = definition;
  if (!isMapOrNothing(properties)) throw new Refusal('parse_exception', 'properties must be a map type', 400);
  checkDynamic(dynamic, '_doc');
  refuseOfMapping(definition);
  if (templates === undefined) return;
  if (!Array.isArray(templates) || !templates.every(isObject))
    throw mapperParsing('Dynamic template syntax error. An array of named objects is expected.');
  for (const named of templates) {
    const [[name, template] = ['', undefined], ...more] = Object.entries(named);
    if (more.length > 0 || name === '') throw mapperParsing('A dynamic template must be defined with a name');
    checkDynamicTemplate(name, template);
  }
}

const patterns = ['match', 'unmatch', 'path_match', 'path_unmatch', 'match_mapping_type'] as const;

function checkDynamicTemplate(name: string, template: unknown): asserts template is DynamicTemplate {
  const wrong = (what: string): Refusal => mapperParsing(`dynamic template [${name}] has invalid content: ${what}`);
  if (!isObject(template)) throw wrong('expected an object');
  refuseOfTemplate(name, template);
  const { match_pattern: kind, mapping } = template as DynamicTemplate;
  for (const key of patterns) {
    const value = (template as DynamicTemplate)[key];
    if (value !== undefined && ![value].flat().every((pattern) => typeof pattern === 'string'))
      throw wrong(`[${key}] must be a string or a list of strings`);
  }
  if (kind !== undefined && kind !== 'simple' && kind !== 'regex') throw wrong(`No match pattern matched on [${kind}]`);
  if (mapping === undefined) return;
  checkPropertyShape(`__dynamic__${name}`, mapping);
  const { type } = mapping;
  if (type !== undefined && !type.includes('{') && !isMappingType(type))
    throw wrong(`No handler for type [${type}] declared on field [__dynamic__${name}]`);
}

const mostCharacters = 2 ** 31 - 1;

/** What parameters of a field must be; other parameters are kept as they are. */
const parameters: readonly {
  readonly name: 'type' | 'path' | 'normalizer' | 'format' | 'ignore_above' | 'scaling_factor';
  readonly fits: (value: unknown) => boolean;
}[] = [
  ...(['type', 'path', 'normalizer', 'format'] as const).map((name) => ({
    name,
    fits: (value: unknown) => typeof value === 'string',
  })),
  {
    name: 'ignore_above',
    fits: (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= mostCharacters,
  },
  { name: 'scaling_factor', fits: (value) => Number.isFinite(value) && (value as number) > 0 },
];

/** Throws a Refusal for what is no field or object of a mapping, whatever the objects below it are. */
export function checkPropertyShape(name: string, property: unknown): asserts property is Property {
  if (!isObject(property)) throw expectedMap('fields', name, property);
  for (const parameter of parameters) {
    const value = (property as Property)[parameter.name];
    if (value !== undefined && !parameter.fits(value))
      throw mapperParsing(
        `Failed to parse value [${JSON.stringify(value)}] for parameter [${parameter.name}] on field [${name}]`,
      );
  }
  const { type, format } = property as Property;
  const wrong = (type === 'date' || type === 'date_nanos') && format !== undefined ? formatError(format) : null;
  if (wrong !== null)
    throw mapperParsing(`Error parsing [format] on field [${name}]: Invalid format: [${format}]: ${wrong}`);
  if (type === 'aggregate_metric_double') checkMetrics(name, property);
  checkDynamic(property.dynamic, name);
  refuseOfField(name, property);
  for (const key of ['properties', 'fields'] as const)
    if (!isMapOrNothing(property[key])) throw expectedMap(key, name, property[key]);
  for (const [sub, subField] of Object.entries(property.fields ?? {})) {
    if (sub.trim() === '' || sub.includes('.'))
      throw mapperParsing(`Field name [${sub}] which is a multi field of [${name}] cannot be empty or contain '.'`);
    checkPropertyShape(`${name}.${sub}`, subField);
  }
}

const expectedMap = (key: string, name: string, found: unknown): Refusal =>
  mapperParsing(
    `Expected map for property [${key}] on field [${name}] but got a ${found === null ? 'null' : Array.isArray(found) ? 'list' : typeof found}`,
  );

/** Throws a Refusal for metrics that there are not, or among which the default one is not. */
function checkMetrics(name: string, { metrics = [], default_metric: standard }: Property): void {
  const known: readonly unknown[] = metricParts;
  const given: readonly unknown[] = [metrics].flat();
  if (given.length === 0) throw mapperParsing(`Property [metrics] is required for field [${name}].`);
  const wrong = [...given, standard ?? given[0]].find((metric) => !known.includes(metric));
  if (wrong !== undefined) throw mapperParsing(`Metric [${wrong}] is not supported.`);
  if (standard === undefined && given.length > 1)
    throw mapperParsing(`Property [default_metric] is required for field [${name}].`);
  if (standard !== undefined && !given.includes(standard))
    throw mapperParsing(`Default metric [${standard}] is not defined in the metrics of field [${name}].`);
}
