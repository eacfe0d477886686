import { type Command, InvalidArgumentError, Option } from 'commander';
import { InputError, QueryError } from '../diagnostics/diagnostic.ts';
import { renderQueryError } from '../diagnostics/render.ts';
import type { Overrides } from '../overrides/override.ts';
import { type Platform, platforms } from '../overrides/platform.ts';
import { parseTimeSpan } from '../overrides/time-span.ts';
import type { WindowOverride } from '../overrides/window.ts';
import { collect, moment } from './options.ts';
import { usesColour } from './output.ts';
import { quoted } from './quoted.ts';
import type { Job } from './run-queries.ts';

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
    .option('--from <time>', 'look at events from this time on', time)
    .option('--to <time>', 'look at events before this time', time);
}

/** The same for commands that choose the times of runs themselves. */
export function addHuntOverrides(command: Command): Command {
  return command
    .option('--window <time>', 'look at the last 24h, 7d … instead of the hunt’s own window')
    .option('--set <name=value>', 'another threshold, such as total_bytes_out=500MB (repeatable)', collect, [])
    .option('--exclude <condition>', 'leave out events, such as \'process.name == "chrome.exe"\'', collect, [])
    .option('--only <condition>', 'look at these events alone, such as \'host.name LIKE "srv-*"\'', collect, [])
    .addOption(new Option('--platform <name>', 'hunt on another platform').choices(platforms));
}

/** Reads a time. */
export function time(value: string): Date {
  const found = moment(value);
  if (found === 'latest') throw new InvalidArgumentError('expected a time such as 2026-03-10T12:00:00Z');
  return found;
}

/** What the options ask for, in the terms of the overrides. */
export async function overridesOf(options: OverrideOptions): Promise<Overrides> {
  const { parseSetting } = await import('../overrides/set-knob.ts');
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
  if (window !== undefined && (from || to))
    throw new InputError('--window and --from or --to both say where the window is', 'give one of them');
  if (window !== undefined) return { last: parseTimeSpan(window).esql };
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

/** Jobs with their queries as overrides leave them. Throws an InputError for an override that nothing takes. */
export async function overrideJobs(jobs: readonly Job[], options: OverrideOptions): Promise<Job[]> {
  const overrides = await overridesOf(options);
  const { hasOverrides, override } = await import('../overrides/override.ts');
  if (!hasOverrides(overrides)) return [...jobs];
  const surroundings = await standardSurroundings();
  const taken = new Set<string>();
  const changed: Job[] = [];
  for (const job of jobs) {
    try {
      const { text, set } = await override(job.text, overrides, surroundings);
      for (const { name } of set) taken.add(name);
      changed.push(text === job.text ? job : { ...job, text, name: `${job.name} (with overrides)`, lineOffset: 0 });
    } catch (error) {
      // A query that is wrong itself fails on its own when it runs.
      if (!(error instanceof QueryError) || error.source.text === job.text) {
        if (error instanceof QueryError) changed.push(job);
        else throw error;
        continue;
      }
      const words = { name: 'condition', lineOffset: 0, colour: usesColour(process.stderr), width: 120 };
      throw new InputError(`${job.hunt?.name ?? 'the query'} cannot take it\n${renderQueryError(error, words)}`);
    }
  }
  const unused = overrides.settings.filter(({ name }) => !taken.has(name));
  if (unused.length > 0) throw await noSuchKnob(unused[0]!.name, jobs);
  return changed;
}

/** Where overrides learn about fields before any data is read: ECS and Elastic Defend. */
export async function standardSurroundings() {
  const [{ OpenCatalogue }, { indexPatterns }] = await Promise.all([
    import('../esql/analyze/open-catalogue.ts'),
    import('../esql/syntax/walk.ts'),
  ]);
  const catalogue: import('../overrides/typed-query.ts').Surroundings['catalogue'] = (query) =>
    OpenCatalogue.of(indexPatterns(query), query);
  return { catalogue, now: Date.now() };
}

/** An InputError that names the thresholds that there are. `option`: what asked for the name. */
export async function noSuchKnob(name: string, jobs: readonly Job[], option = '--set'): Promise<InputError> {
  const [{ findKnobs }, { typed }, { listed }, { closestMatches }, surroundings] = await Promise.all([
    import('../overrides/knobs.ts'),
    import('../overrides/typed-query.ts'),
    import('../overrides/set-knob.ts'),
    import('../diagnostics/closest-match.ts'),
    standardSurroundings(),
  ]);
  const known = new Map<string, string>();
  for (const { text } of jobs) {
    const query = await typed(text, surroundings).catch(() => null);
    for (const knob of query ? findKnobs(query) : []) known.set(listed([knob]), knob.name);
  }
  const near = closestMatches(name, new Set(known.values())).slice(0, 3);
  const all = [...known.keys()];
  const more = all.length > mostKnobs ? ` and ${all.length - mostKnobs} more: harrier hunts knobs lists them` : '';
  const here = `thresholds here: ${all.slice(0, mostKnobs).join(', ') || 'none'}${more}`;
  return new InputError(
    `${option}: no threshold is called ${name}`,
    near.length > 0 ? `did you mean ${near.join(', ')}? ${here}` : here,
  );
}

const mostKnobs = 12;
