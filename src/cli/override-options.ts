import { type Command, InvalidArgumentError, Option } from 'commander';
import { InputError } from '../diagnostics/diagnostic.ts';
import type { Overrides } from '../overrides/override.ts';
import { type Platform, platforms } from '../overrides/platform.ts';
import { parseTimeSpan } from '../overrides/time-span.ts';
import type { WindowOverride } from '../overrides/window.ts';
import { quoted } from '../values/quoted.ts';
import { collect, moment } from './options.ts';

/** What may be different about a hunt for one run. */
export interface OverrideOptions {
  readonly window?: string;
  readonly from?: Date;
  readonly to?: Date;
  readonly set: readonly string[];
  readonly exclude: readonly string[];
  readonly only: readonly string[];
  readonly platform?: Platform;
}

export function addOverrideOptions(command: Command): Command {
  return addHuntOverrides(command)
    .optionsGroup(changes)
    .option('--from <time>', 'look at events from this time on', time)
    .option('--to <time>', 'look at events before this time; --now moves only the beginning of a window', time)
    .optionsGroup('Options:');
}

/** The heading of these options in help. */
const changes = 'Changes to hunts, for this run:';

/** The same for commands that choose the times of runs themselves. */
export function addHuntOverrides(command: Command): Command {
  return command
    .optionsGroup(changes)
    .option(
      '--window <time>',
      'look at the last 24h, 7d … before now, or before --to, instead of the hunt’s own window',
    )
    .option('--set <name=value>', 'another threshold, such as total_bytes_out=500MB (repeatable)', collect, [])
    .option('--exclude <condition>', 'leave out events, such as \'process.name == "chrome.exe"\'', collect, [])
    .option('--only <condition>', 'look at these events alone, such as \'host.name LIKE "srv-*"\'', collect, [])
    .addOption(new Option('--platform <name>', 'hunt on another platform').choices(platforms))
    .optionsGroup('Options:');
}

/** Reads a time. */
export function time(value: string): Date {
  const found = moment(value);
  if (found === 'latest') throw new InvalidArgumentError('expected a time such as 2026-03-10T12:00:00Z');
  return found;
}

/** What the options ask for, in the terms of the overrides. */
export async function overridesOf(options: OverrideOptions): Promise<Overrides> {
  const { parseSetting } = await import('../overrides/set-threshold.ts');
  return {
    window: windowOf(options),
    platform: options.platform ?? null,
    settings: options.set.map(parseSetting),
    conditions: [
      ...options.exclude.map((condition) => ({ keeps: false, condition })),
      ...options.only.map((condition) => ({ keeps: true, condition })),
    ],
  };
}

function windowOf({ window, from, to }: OverrideOptions): WindowOverride | null {
  if (window !== undefined && from)
    throw new InputError('--window and --from both say where the window begins', 'give one of them');
  if (window !== undefined) {
    const { esql, milliseconds } = parseTimeSpan(window);
    return to ? { from: to.getTime() - milliseconds, to: to.getTime() } : { last: esql };
  }
  if (from && to && from >= to)
    throw new InputError('--from is not before --to', 'the window begins at --from and ends at --to');
  return from || to ? { from: from?.getTime() ?? null, to: to?.getTime() ?? null } : null;
}

/** The overrides as arguments of a command line. */
export function overrideArguments(options: OverrideOptions): string {
  const { window, from, to, set, exclude, only, platform } = options;
  const several = (name: string, values: readonly string[]): string[] =>
    values.map((value) => `--${name} ${quoted(value)}`);
  return [
    ...(window === undefined ? [] : [`--window ${quoted(window)}`]),
    ...(from ? [`--from ${from.toISOString()}`] : []),
    ...(to ? [`--to ${to.toISOString()}`] : []),
    ...(platform === undefined ? [] : [`--platform ${platform}`]),
    ...several('set', set),
    ...several('exclude', exclude),
    ...several('only', only),
  ].join(' ');
}
