import { InputError } from '../diagnostics/diagnostic.ts';
import { amountHint, amountOf } from '../values/amount.ts';
import { isDate, isWholeNumber } from '../values/types.ts';
import type { TextEdit } from './text-edit.ts';
import type { Threshold } from './thresholds.ts';

/** `NAME=VALUE` of `--set`: the name may carry an operator (`bytes>=`) where a hunt has several such thresholds. */
export interface ThresholdSetting {
  readonly name: string;
  readonly value: string;
}

/** Reads `total_bytes_out=500MB`, or `hours>=4` where the operator belongs to the name. */
export function parseSetting(text: string): ThresholdSetting {
  const found = /^\s*(.+?)\s*(==|!=|<=|>=|<|>|=)\s*([^=<>!]+?)\s*$/.exec(text);
  if (!found) throw new InputError(`--set ${text} is not NAME=VALUE`, 'for example --set total_bytes_out=500MB');
  const [, name, operator, value] = found as unknown as [string, string, string, string];
  return { name: operator === '=' ? name : `${name}${operator}`, value };
}

/** The threshold that a setting means; null where the query has none such. Throws an InputError where it may mean several. */
export function thresholdFor({ name }: ThresholdSetting, thresholds: readonly Threshold[]): Threshold | null {
  // `total>=5` is meant for `total>` where there is no `total>=`.
  const bare = name.replace(/=$/, '');
  const own =
    thresholds.find((threshold) => isCalled(threshold, name)) ??
    thresholds.find((threshold) => isCalled(threshold, bare));
  if (own) return own;
  const several = thresholds.filter(({ subject }) => canonical(subject) === canonical(name));
  if (several.length > 0)
    throw new InputError(`--set: the query compares ${name} with several thresholds`, `say which: ${listed(several)}`);
  return null;
}

/** What `--set` takes to change a threshold: `total=5`, or `total>5` for one whose operator belongs to its name. */
export const settingText = ({ name }: Pick<Threshold, 'name'>, value: number): string =>
  `${name}${/[<>=!]$/.test(name) ? '' : '='}${value}`;

/** Whether a threshold has a name: its own, or that with the operator behind it. */
export const isCalled = (threshold: Threshold, name: string): boolean =>
  [threshold.name, threshold.name + threshold.operator].some((own) => canonical(own) === canonical(name));

/** Names in any case, with the quotes of ES|QL or without. */
export const canonical = (name: string): string => name.toLowerCase().replace(/[`\s]/g, '');

/** Thresholds by name, with what stands there: `total> (> 500000)`. */
export const listed = (thresholds: readonly Pick<Threshold, 'name' | 'operator' | 'literalText'>[]): string =>
  thresholds.map(({ name, operator, literalText }) => `${name} (${operator} ${literalText})`).join(', ');

/** The edit that changes a threshold. */
export function setThreshold(threshold: Threshold, { value }: ThresholdSetting): TextEdit {
  return { span: threshold.literal, text: literalOf(value, threshold) };
}

function literalOf(value: string, { name, constant }: Threshold): string {
  if (isDate(constant.type)) {
    if (!/^\d{4}-\d{2}-\d{2}(?:[T ][\d:.]+Z?)?$/.test(value))
      throw new InputError(`--set ${name}=${value}: ${name} is a time`, 'write it as 2026-03-10T12:00:00Z');
    return `"${value.replace(' ', 'T')}"`;
  }
  const literal = amountOf(value, isWholeNumber(constant.type));
  if (literal === null) throw new InputError(`--set ${name}=${value}: ${name} is compared with a number`, amountHint);
  return literal;
}
