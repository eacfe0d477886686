import { type Command, InvalidArgumentError, Option } from 'commander';
import { InputError, QueryError } from '../diagnostics/diagnostic.ts';
import { renderQueryError } from '../diagnostics/render.ts';
import type { Overrides } from '../overrides/override.ts';
import { type Platform, platforms } from '../overrides/platform.ts';
import { parseTimeSpan } from '../overrides/time-span.ts';
import type { Surroundings } from '../overrides/typed-query.ts';
import type { WindowOverride } from '../overrides/window.ts';
import { visibleLines } from '../report/visible.ts';
import { collect, moment } from './options.ts';
import { usesColour } from './output.ts';
import { quoted } from './quoted.ts';
import type { Job } from './run-queries.ts';
import type { Session } from './session.ts';

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

/** Queries that name what overrides ask of events, so that reading files brings it. */
export function overrideFields({ window, from, to, exclude, only, platform }: OverrideOptions): string[] {
  return [
    ...(window !== undefined || from || to ? ['FROM * | KEEP @timestamp'] : []),
    ...(platform === undefined ? [] : ['FROM * | KEEP host.os.type']),
    ...[...exclude, ...only].map((condition) => `FROM * | WHERE ${condition}\n| STATS COUNT(*)`),
  ];
}

/**
 * Jobs with their queries as overrides leave them, typed by what the events hold, or without events by what ECS and
 * Elastic Defend define. One that cannot take an override carries the reason, and is not run. Throws an InputError for
 * a setting that no query takes, and where no query can take an override.
 */
export async function overrideJobs(
  jobs: readonly Job[],
  options: OverrideOptions,
  session: Session | null,
): Promise<Job[]> {
  const overrides = await overridesOf(options);
  const { hasOverrides, override } = await import('../overrides/override.ts');
  if (!hasOverrides(overrides)) return [...jobs];
  const defined = await standardSurroundings();
  const held = await heldBy(session);
  const taken = new Set<string>();
  const changed: Job[] = [];
  for (const job of jobs) {
    try {
      // What the events lack is found out when the query runs: it can take its overrides all the same.
      const overridden = await override(job.text, overrides, held ?? defined).catch((error) => {
        if (held && isAbout(error, job)) return override(job.text, overrides, defined);
        throw error;
      });
      for (const { name } of overridden.set) taken.add(name);
      const { text } = overridden;
      changed.push(text === job.text ? job : { ...job, text, name: `${job.name} (with overrides)`, lineOffset: 0 });
    } catch (error) {
      changed.push({ ...job, refusal: refusalOf(error, job) });
    }
  }
  const refused = changed.flatMap(({ refusal, hunt }) => (refusal === undefined ? [] : { refusal, hunt }));
  if (refused.length > 0 && refused.length === jobs.length) {
    const others = jobs.length === 1 ? '' : ` (and ${jobs.length - 1} more queries cannot take it either)`;
    throw new InputError(`${refused[0]!.hunt?.name ?? 'the query'}: ${refused[0]!.refusal}${others}`);
  }
  const unused = overrides.settings.filter(({ name }) => !taken.has(name));
  if (unused.length > 0) throw await noSuchKnob(unused[0]!.name, jobs, '--set', session);
  return changed;
}

/** What the events of a session say of fields; null where there are none here. */
const heldBy = async (session: Session | null): Promise<Surroundings | null> =>
  session && (await import('./session.ts')).surroundingsOf(session);

const isAbout = (error: unknown, { text }: Job): error is QueryError =>
  error instanceof QueryError && error.source.text === text;

/** Why a query cannot take the overrides. */
function refusalOf(error: unknown, job: Job): string {
  if (error instanceof QueryError) {
    const [name, lineOffset] = isAbout(error, job) ? [job.name, job.lineOffset] : ['with overrides', 0];
    const words = { name, lineOffset, colour: usesColour(process.stderr), width: 120 };
    return `it cannot take the overrides\n${renderQueryError(error, words)}`;
  }
  if (!(error instanceof InputError)) throw error;
  return error.hint === undefined ? error.message : `${error.message}\nhelp: ${error.hint}`;
}

/** A query that is passed over is named, where results have no place for its reason. */
export function tellRefusal(name: string, refusal: string): void {
  process.stderr.write(`${visibleLines(`error: ${name}: ${refusal}`)}\n`);
}

/** What ECS and Elastic Defend define, where there are no events to go by. */
export async function standardSurroundings(): Promise<Surroundings> {
  const [{ OpenCatalogue }, { indexPatterns }] = await Promise.all([
    import('../languages/esql/analyze/open-catalogue.ts'),
    import('../languages/esql/syntax/walk.ts'),
  ]);
  return { catalogue: (query) => OpenCatalogue.of(indexPatterns(query), query), now: Date.now() };
}

/** An InputError that names the thresholds that there are. `option`: what asked for the name. */
export async function noSuchKnob(
  name: string,
  jobs: readonly Job[],
  option: string,
  session: Session | null,
): Promise<InputError> {
  const [{ findKnobs }, { typed }, { listed }, { closestMatches }] = await Promise.all([
    import('../overrides/knobs.ts'),
    import('../overrides/typed-query.ts'),
    import('../overrides/set-knob.ts'),
    import('../diagnostics/closest-match.ts'),
  ]);
  const defined = await standardSurroundings();
  const held = (await heldBy(session)) ?? defined;
  const known = new Map<string, string>();
  for (const { text } of jobs) {
    const query = await typed(text, held)
      .catch(() => typed(text, defined))
      .catch(() => null);
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
