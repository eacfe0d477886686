import { InputError } from '../diagnostics/diagnostic.ts';
import { isDate, isWholeNumber } from '../values/types.ts';
import type { Knob } from './knobs.ts';
import type { TextEdit } from './text-edit.ts';

/** `NAME=VALUE` of `--set`: the name may carry an operator (`bytes>=`) where a hunt has several such thresholds. */
export interface KnobSetting {
  readonly name: string;
  readonly value: string;
}

/** Reads `total_bytes_out=500MB`, or `hours>=4` where the operator belongs to the name. */
export function parseSetting(text: string): KnobSetting {
  const found = /^\s*(.+?)\s*(==|!=|<=|>=|<|>|=)\s*([^=<>!]+?)\s*$/.exec(text);
  if (!found) throw new InputError(`--set ${text} is not NAME=VALUE`, 'for example --set total_bytes_out=500MB');
  const [, name, operator, value] = found as unknown as [string, string, string, string];
  return { name: operator === '=' ? name : `${name}${operator}`, value };
}

/** The knob that a setting means: by its name, or its name and operator; null where the query has none such. */
export function knobFor({ name }: KnobSetting, knobs: readonly Knob[]): Knob | null {
  const bare = name.toLowerCase();
  return (
    knobs.find((knob) => knob.name.toLowerCase() === bare) ??
    knobs.find((knob) => `${knob.name}${knob.operator}`.toLowerCase() === bare) ??
    null
  );
}

/** The edit that turns a knob. */
export function setKnob(knob: Knob, { value }: KnobSetting): TextEdit {
  return { span: knob.literal, text: literalOf(value, knob) };
}

const kilo = 1024n;
/** Elasticsearch's byte units go by 1,024. */
const units: Readonly<Record<string, bigint>> = {
  '': 1n,
  b: 1n,
  kb: kilo,
  mb: kilo ** 2n,
  gb: kilo ** 3n,
  tb: kilo ** 4n,
  pb: kilo ** 5n,
};

function literalOf(value: string, { name, threshold }: Knob): string {
  if (isDate(threshold.type)) {
    if (!/^\d{4}-\d{2}-\d{2}(?:[T ][\d:.]+Z?)?$/.test(value))
      throw new InputError(`--set ${name}=${value}: ${name} is a time`, 'write it as 2026-03-10T12:00:00Z');
    return `"${value.replace(' ', 'T')}"`;
  }
  const found = /^([+-]?)(\d[\d_]*)(\.\d+)?(?:e([+-]?\d+))?\s*([a-z]*)$/i.exec(value);
  const unit = units[found?.[5]?.toLowerCase() ?? 'none'];
  if (!found || unit === undefined)
    throw new InputError(
      `--set ${name}=${value}: ${name} is compared with a number`,
      'write a number, or bytes with a unit: 500MB, 2GB (a kilobyte is 1,024 bytes)',
    );
  const [, sign, digits, fraction, exponent] = found as unknown as [string, string, string, string?, string?];
  const whole = digits.replaceAll('_', '');
  if (fraction === undefined && exponent === undefined) return `${sign}${BigInt(whole) * unit}`;
  const number =
    Number(`${sign}${whole}${fraction ?? ''}${exponent === undefined ? '' : `e${exponent}`}`) * Number(unit);
  return isWholeNumber(threshold.type) && unit > 1n ? String(Math.round(number)) : String(number);
}
