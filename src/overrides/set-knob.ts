import { InputError } from '../diagnostics/diagnostic.ts';
import { isDate, isWholeNumber } from '../values/types.ts';
import { amountHint, amountOf } from './amount.ts';
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

/** The knob that a setting means; null where the query has none such. Throws an InputError where it may mean several. */
export function knobFor({ name }: KnobSetting, knobs: readonly Knob[]): Knob | null {
  // `total>=5` is meant for `total>` where there is no `total>=`.
  const bare = name.replace(/=$/, '');
  const own = knobs.find((knob) => isCalled(knob, name)) ?? knobs.find((knob) => isCalled(knob, bare));
  if (own) return own;
  const several = knobs.filter(({ subject }) => canonical(subject) === canonical(name));
  if (several.length > 0)
    throw new InputError(`--set: the query compares ${name} with several thresholds`, `say which: ${listed(several)}`);
  return null;
}

/** What `--set` takes to turn a knob: `total=5`, or `total>5` for one whose operator belongs to its name. */
export const settingText = ({ name }: Pick<Knob, 'name'>, value: number): string =>
  `${name}${/[<>=!]$/.test(name) ? '' : '='}${value}`;

/** Whether a threshold has a name: its own, or that with the operator behind it. */
export const isCalled = (knob: Knob, name: string): boolean =>
  [knob.name, knob.name + knob.operator].some((own) => canonical(own) === canonical(name));

/** Names in any case, with the quotes of ES|QL or without. */
export const canonical = (name: string): string => name.toLowerCase().replace(/[`\s]/g, '');

/** Thresholds by name, with what stands there: `total> (> 500000)`. */
export const listed = (knobs: readonly Pick<Knob, 'name' | 'operator' | 'literalText'>[]): string =>
  knobs.map(({ name, operator, literalText }) => `${name} (${operator} ${literalText})`).join(', ');

/** The edit that turns a knob. */
export function setKnob(knob: Knob, { value }: KnobSetting): TextEdit {
  return { span: knob.literal, text: literalOf(value, knob) };
}

function literalOf(value: string, { name, threshold }: Knob): string {
  if (isDate(threshold.type)) {
    if (!/^\d{4}-\d{2}-\d{2}(?:[T ][\d:.]+Z?)?$/.test(value))
      throw new InputError(`--set ${name}=${value}: ${name} is a time`, 'write it as 2026-03-10T12:00:00Z');
    return `"${value.replace(' ', 'T')}"`;
  }
  const literal = amountOf(value, isWholeNumber(threshold.type));
  if (literal === null) throw new InputError(`--set ${name}=${value}: ${name} is compared with a number`, amountHint);
  return literal;
}
