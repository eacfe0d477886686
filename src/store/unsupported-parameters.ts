import { own } from '../values/own.ts';
import { illegalArgument } from './refusal.ts';

/*
 * Parameters of mappings that would give queries other answers, and that have no effect here: taken in silence, they would
 * make answers wrong. Those that only change how Elasticsearch keeps or ranks documents (index, doc_values, store, norms,
 * similarity …) are kept as they are.
 */

type Parameters = Readonly<Record<string, unknown>>;

interface Unsupported {
  readonly name: string;
  /** Whether a value would change answers. */
  asks(value: unknown, all: Parameters): boolean;
  /** What to do instead, or what happens without it. */
  readonly instead: string;
}

const isSet = (value: unknown): boolean =>
  value !== undefined && value !== null && Object.keys(value as object).length > 0;
const isOff = (value: unknown): boolean => String(value) === 'false';
const fieldsOf = (value: unknown): Parameters =>
  typeof value === 'object' && value !== null ? (value as Parameters) : {};

const ofFields: readonly Unsupported[] = [
  {
    name: 'copy_to',
    asks: (value) => (typeof value === 'string' ? value !== '' : isSet(value)),
    instead: 'send the value in both fields, or query the fields that it comes from',
  },
  {
    name: 'script',
    asks: (value) => value !== undefined && value !== null,
    instead: 'compute the field in queries with EVAL',
  },
  {
    name: 'normalizer',
    asks: (value, { type }) =>
      type === 'keyword' && value !== undefined && value !== 'lowercase' && value !== 'default',
    instead: 'the only one is lowercase; queries can change values with EVAL',
  },
  { name: 'coerce', asks: isOff, instead: 'numbers that come as text are always read as numbers' },
];

const ofRoot: readonly Unsupported[] = [
  { name: 'runtime', asks: isSet, instead: 'compute the fields in queries with EVAL' },
  {
    name: 'dynamic_date_formats',
    asks: (value, { date_detection: detects }) =>
      isSet(value) && detects !== false && ![value].flat().every((format) => defaultDates.has(String(format))),
    instead: 'map the fields as date, with their format',
  },
  {
    name: '_source',
    asks: (value) => {
      const { enabled, includes, excludes, mode } = fieldsOf(value);
      return isOff(enabled) || isSet(includes) || isSet(excludes) || mode === 'disabled';
    },
    instead: 'the whole source is kept: leave enabled, includes and excludes out',
  },
];

const ofTemplates: readonly Unsupported[] = [
  { name: 'runtime', asks: (value) => value !== undefined, instead: 'give the template a mapping' },
];

/** What Elasticsearch takes for dates without being asked; strict or not is the same here. */
const defaultDates = new Set([
  ...['strict_date_optional_time', 'date_optional_time'],
  ...['yyyy/MM/dd HH:mm:ss Z||yyyy/MM/dd Z', 'yyyy/MM/dd HH:mm:ss Z', 'yyyy/MM/dd Z'],
]);

function refuse(known: readonly Unsupported[], parameters: Parameters, where: string): void {
  for (const { name, asks, instead } of known)
    if (asks(own(parameters, name), parameters))
      throw illegalArgument(`mapping parameter [${name}]${where} is not supported: ${instead}`);
}

/** Throws a Refusal for parameters of a field or object that would change answers. */
export const refuseOfField = (name: string, property: Parameters): void =>
  refuse(ofFields, property, ` of field [${name}]`);

/** The same of a mapping as a whole. */
export const refuseOfMapping = (definition: Parameters): void => refuse(ofRoot, definition, '');

/** The same of a dynamic template. */
export const refuseOfTemplate = (name: string, template: Parameters): void =>
  refuse(ofTemplates, template, ` of dynamic template [${name}]`);
