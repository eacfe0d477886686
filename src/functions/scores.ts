import { type CallOptions, type ConstantValue, optionOf } from '../plan/expression.ts';
import { parseDistance } from '../values/distance.ts';
import { isDate, isNumeric, isString, messageName } from '../values/types.ts';
import { type Argument, familySince, singleValue } from './definition.ts';
import { isSpan, parseTimeSpan } from './time-spans.ts';
import * as types from './types.ts';

/* Functions that weigh rows. */

const distanced = [...types.numeric.types, 'date', 'date_nanos', 'geo_point', 'cartesian_point'] as const;
const place = { types: distanced, text: 'numeric, date or spatial point' };
const length = {
  types: [...types.numeric.types, 'time_duration', 'keyword', 'text'],
  text: 'numeric, time_duration, keyword or text',
} as const;

/** What an origin and a distance from it are, by the kind of the value that is measured. */
function wantedOf({ type }: Argument): { readonly origin: string; readonly distance: string } {
  if (isDate(type)) return { origin: 'datetime or date_nanos', distance: 'time_duration' };
  if (type === 'geo_point') return { origin: 'spatial point', distance: 'keyword or text' };
  return { origin: type === 'cartesian_point' ? 'spatial point' : 'numeric', distance: 'numeric' };
}

const isOrigin = (value: Argument, { type }: Argument): boolean =>
  isDate(value.type) ? isDate(type) : isNumeric(value.type) ? isNumeric(type) : type === value.type;

function isDistance(value: Argument, { type }: Argument): boolean {
  if (isDate(value.type)) return type === 'time_duration';
  return value.type === 'geo_point' ? isString(type) : isNumeric(type);
}

/** A distance in what the value is measured in: milliseconds, metres, or the value's own unit; null when it is none. */
export function distanceOf(value: Argument, given: ConstantValue | undefined): number | null {
  if (isDate(value.type)) {
    const span = typeof given === 'string' ? parseTimeSpan(given, 'time_duration') : { span: given };
    return 'span' in span && isSpan(span.span) ? span.span.milliseconds : null;
  }
  if (value.type === 'geo_point') return typeof given === 'string' ? parseDistance(given) : null;
  const isNumber = typeof given === 'bigint' || typeof given === 'number';
  if (!isNumber) return null;
  const whole = value.type !== 'double' && value.type !== 'cartesian_point';
  return whole ? Math.trunc(Number(given)) : Number(given);
}

type Decay = readonly [Argument, Argument, Argument];

function decayError([value, origin, scale]: Decay, call: string): string | null {
  for (const [i, arg] of [value, origin, scale].entries())
    if (arg.type === 'null')
      return `${['first', 'second', 'third'][i]} argument of [${call}] cannot be null, received [${arg.text}]`;
  if (!distanced.some((type) => type === value.type)) return null;
  const wanted = wantedOf(value);
  const wrong = (which: string, expected: string, { text, type }: Argument): string =>
    `${which} argument of [${call}] must be [${expected}], found value [${text}] type [${messageName(type)}]`;
  if (!isOrigin(value, origin)) return wrong('second', wanted.origin, origin);
  if (!isDistance(value, scale)) return wrong('third', wanted.distance, scale);
  // Numbers may be computed of others.
  if (isNumeric(scale.type)) return null;
  if (scale.value === undefined) return `Function [${call}] has non-literal value [scale].`;
  return distanceOf(value, scale.value) === null ? `failed to parse distance [${scale.value}] of [${call}]` : null;
}

/** The curves that a weight may follow. */
const curves = ['linear', 'exp', 'gauss'] as const;
export type Curve = (typeof curves)[number];

export const curveOf = (options: CallOptions | undefined): Curve =>
  String(optionOf(options, 'type') ?? 'linear').toLowerCase() as Curve;

const releases = { '9.3': ['DECAY'] } as const;

export const scores = familySince('score', releases, {
  DECAY: singleValue({
    parameters: [
      { name: 'value', accepts: place },
      { name: 'origin', accepts: place },
      { name: 'scale', accepts: length },
    ],
    options: [
      { name: 'offset', type: 'distance', doc: 'The distance up to which the weight is 1; none when absent.' },
      { name: 'decay', type: 'number', doc: 'The weight at the distance of the scale; 0.5 when absent.' },
      { name: 'type', type: 'text', doc: 'The curve: `linear` (when absent), `exp` or `gauss`.' },
    ],
    refuses: decayError,
    checkOptions(options) {
      const type = optionOf(options, 'type');
      if (type === undefined || curves.includes(curveOf(options))) return null;
      return `type option has invalid value, expected one of [gauss, linear, exp], found ["${type}"]`;
    },
    returns: () => 'double',
    doc: 'A weight from 0 to 1 that falls with the distance of a number, a date or a point from an origin.',
    example: 'ROW a = 5 | EVAL w = DECAY(a, 10, 10, {"decay": 0.5, "type": "linear"})',
  }),
});
