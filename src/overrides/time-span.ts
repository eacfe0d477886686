import { InputError } from '../diagnostics/diagnostic.ts';

/** An amount of time that people gave on the command line. */
export interface GivenTimeSpan {
  /** As ES|QL writes it: `24 hours`. */
  readonly esql: string;
  readonly milliseconds: number;
}

const units = [
  { unit: 'millisecond', names: ['ms', 'millisecond'], milliseconds: 1 },
  { unit: 'second', names: ['s', 'sec', 'second'], milliseconds: 1000 },
  { unit: 'minute', names: ['m', 'min', 'minute'], milliseconds: 60_000 },
  { unit: 'hour', names: ['h', 'hour'], milliseconds: 3_600_000 },
  { unit: 'day', names: ['d', 'day'], milliseconds: 86_400_000 },
  { unit: 'week', names: ['w', 'week'], milliseconds: 604_800_000 },
];

/** Reads `24h`, `90 minutes` or `7 days`. */
export function parseTimeSpan(text: string): GivenTimeSpan {
  const [, digits = '', word = ''] = /^\s*([1-9]\d{0,8})\s*([a-z]+)\s*$/i.exec(text) ?? [];
  const name = word.toLowerCase();
  const known = units.find(({ names }) => names.some((candidate) => name === candidate || name === `${candidate}s`));
  if (!known || digits === '') throw new InputError(`${text} is no span of time`, 'for example 24h, 90m, 7d or 2w');
  const amount = Number(digits);
  return { esql: `${amount} ${known.unit}${amount === 1 ? '' : 's'}`, milliseconds: amount * known.milliseconds };
}
