import { InputError } from '../../diagnostics/diagnostic.ts';
import type { Overrides } from '../../overrides/override.ts';
import { type Platform, platforms } from '../../overrides/platform.ts';
import { parseSetting } from '../../overrides/set-threshold.ts';
import { parseTimeSpan } from '../../overrides/time-span.ts';
import type { WindowOverride } from '../../overrides/window.ts';

import { parseDate } from '../../values/date.ts';
import { quoted } from '../../values/quoted.ts';
import type { Question } from '../contract/question.ts';

/** What the chips of a question ask for, in the terms of the overrides. Throws an InputError for one that says nothing. */
export function overridesOf({ window, platform, set, only, exclude }: Question): Overrides {
  return {
    window: window === null ? null : windowOf(window),
    platform: platform === null ? null : platformOf(platform),
    settings: set.map(({ name, value }) => parseSetting(`${name}=${value}`)),
    conditions: [
      ...exclude.map((condition) => ({ keeps: false, condition })),
      ...only.map((condition) => ({ keeps: true, condition })),
    ],
  };
}

/** `24h`, or two times with a slash between them, either of which may be left out. */
function windowOf(text: string): WindowOverride {
  const [from, to, ...more] = text.split('/');
  if (to === undefined) return { last: parseTimeSpan(text).esql };
  if (more.length > 0) throw new InputError(`${text} is no window`, 'for example 24h, or two times with / between');
  const window = { from: timeOf(from!), to: timeOf(to) };
  if (window.from !== null && window.to !== null && window.from >= window.to)
    throw new InputError(`the window ${text} ends before it begins`);
  return window;
}

function timeOf(text: string): number | null {
  if (text === '') return null;
  const millis = parseDate(text);
  if (millis === null) throw new InputError(`${text} is no time`, 'for example 2026-03-10T12:00:00Z');
  return Number(millis);
}

function platformOf(text: string): Platform {
  const found = platforms.find((name) => name === text);
  if (!found) throw new InputError(`${text} is no platform`, `one of ${platforms.join(', ')}`);
  return found;
}

/** The arguments of `harrier run` that ask the same. */
export function argumentsOf({ window, platform, set, only, exclude }: Question): string {
  const several = (name: string, values: readonly string[]): string[] =>
    values.map((value) => `--${name} ${quoted(value)}`);
  const [from, to] = window?.includes('/') ? window.split('/') : [];
  return [
    ...(window !== null && from === undefined ? [`--window ${quoted(window)}`] : []),
    ...(from ? [`--from ${quoted(from)}`] : []),
    ...(to ? [`--to ${quoted(to)}`] : []),
    ...(platform === null ? [] : [`--platform ${platform}`]),
    ...several(
      'set',
      set.map(({ name, value }) => `${name}=${value}`),
    ),
    ...several('exclude', exclude),
    ...several('only', only),
  ].join(' ');
}
