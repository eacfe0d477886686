import { closestMatches } from '../diagnostics/closest-match.ts';
import { InputError, QueryError } from '../diagnostics/diagnostic.ts';
import { renderQueryError } from '../diagnostics/render.ts';
import type { Hunt } from '../hunts/hunt.ts';
import { OpenCatalogue } from '../languages/esql/analyze/open-catalogue.ts';
import type { CompiledQuery } from '../languages/esql/compiled-query.ts';
import { indexPatterns } from '../languages/esql/syntax/walk.ts';
import { hasOverrides, type Overrides, override } from '../overrides/override.ts';
import { nameOnPlatform } from '../overrides/platform.ts';
import { listed } from '../overrides/set-threshold.ts';
import { findThresholds } from '../overrides/thresholds.ts';
import { type Surroundings, typed } from '../overrides/typed-query.ts';
import type { WindowOverride } from '../overrides/window.ts';
import { formatDate } from '../values/date.ts';
import type { Job } from './jobs.ts';
import { type Session, surroundingsOf } from './session/session.ts';

/** Queries that name what overrides ask of events, so that reading files brings it. */
export const overrideFields = ({ window, platform, conditions }: Overrides): string[] => [
  ...(window === null ? [] : ['FROM * | KEEP @timestamp']),
  ...(platform === null ? [] : ['FROM * | KEEP host.os.type']),
  ...conditions.map(({ condition }) => `FROM * | WHERE ${condition}\n| STATS COUNT(*)`),
];

/**
 * Jobs with their queries as overrides leave them, typed by what the events hold, or without events by what ECS and
 * Elastic Defend define. One that cannot take an override carries the reason, and is not run. Throws an InputError for
 * a setting that no query takes, and where no query can take an override.
 */
export async function overrideJobs<J extends Job>(
  jobs: readonly J[],
  overrides: Overrides,
  session: Session | null,
): Promise<J[]> {
  if (!hasOverrides(overrides)) return [...jobs];
  const defined = standardSurroundings();
  const held = session && surroundingsOf(session);
  const taken = new Set<string>();
  const changed: J[] = [];
  const { platform } = overrides;
  const ported = new Map<Hunt, Hunt>();
  for (const { hunt } of jobs)
    if (hunt && platform) ported.set(hunt, { ...hunt, name: nameOnPlatform(hunt.name, platform) });
  for (const asked of jobs) {
    const job = { ...asked, hunt: (asked.hunt && ported.get(asked.hunt)) ?? asked.hunt };
    try {
      // What the events lack is found out when the query runs: it can take its overrides all the same.
      const overridden = await override(job.esql, overrides, held ?? defined).catch((error) => {
        if (held && isAbout(error, job)) return override(job.esql, overrides, defined);
        throw error;
      });
      for (const { name } of overridden.set) taken.add(name);
      const esql = overridden.query;
      if (overrides.window) await checkWindow(esql, overrides.window, held ?? defined);
      const isSame = esql.text === job.esql.text;
      changed.push(isSame ? job : { ...job, esql, name: `${job.name} (with overrides)`, lineOffset: 0 });
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
  if (unused.length > 0) throw await noSuchThreshold(unused[0]!.name, jobs, '--set', session);
  return changed;
}

/** Throws an InputError for a window that no event can lie in: no hit would mean nothing. */
async function checkWindow(
  query: CompiledQuery,
  window: WindowOverride,
  { catalogue, now }: Surroundings,
): Promise<void> {
  const { emptyWindow } = await import('../coverage/empty-window.ts');
  const empty = await emptyWindow(query, await catalogue(query.query), now);
  if (empty)
    throw new InputError(
      `the window ends at ${shownTime(empty.to)}, and begins at ${shownTime(empty.from)}: now is ${shownTime(now)}`,
      'give --from or --window with --to: without them the query’s own window begins where --now has it',
    );
  if ('from' in window && window.from !== null && window.to === null && window.from > now)
    throw new InputError(
      `the window begins at ${shownTime(window.from)}, which is later than now, ${shownTime(now)}`,
      'give an earlier --from or a later --now; with --to it may lie anywhere',
    );
}

const shownTime = (time: bigint | number): string => formatDate(BigInt(time));

const isAbout = (error: unknown, { esql }: Job): error is QueryError =>
  error instanceof QueryError && error.source.text === esql.text;

/** Why a query cannot take the overrides. */
function refusalOf(error: unknown, job: Job): string {
  if (error instanceof QueryError) {
    const [name, lineOffset] = isAbout(error, job) ? [job.name, job.lineOffset] : ['with overrides', 0];
    const words = { name, lineOffset, colour: false, width: 120 };
    return `it cannot take the overrides\n${renderQueryError(error, words)}`;
  }
  if (!(error instanceof InputError)) throw error;
  return error.hint === undefined ? error.message : `${error.message}\nhelp: ${error.hint}`;
}

/** What ECS and Elastic Defend define, where there are no events to go by. */
export const standardSurroundings = (): Surroundings => ({
  catalogue: (query) => OpenCatalogue.of(indexPatterns(query), query),
  now: Date.now(),
});

/** An InputError that names the thresholds that there are. `option`: what asked for the name. */
export async function noSuchThreshold(
  name: string,
  jobs: readonly Job[],
  option: string,
  session: Session | null,
): Promise<InputError> {
  const defined = standardSurroundings();
  const held = (session && surroundingsOf(session)) ?? defined;
  const known = new Map<string, string>();
  for (const { esql } of jobs) {
    const query = await typed(esql, held)
      .catch(() => typed(esql, defined))
      .catch(() => null);
    for (const threshold of query ? findThresholds(query) : []) known.set(listed([threshold]), threshold.name);
  }
  const near = closestMatches(name, new Set(known.values())).slice(0, 3);
  const all = [...known.keys()];
  const more =
    all.length > mostThresholds ? ` and ${all.length - mostThresholds} more: harrier hunts thresholds lists them` : '';
  const here = `thresholds here: ${all.slice(0, mostThresholds).join(', ') || 'none'}${more}`;
  return new InputError(
    `${option}: no threshold is called ${name}`,
    near.length > 0 ? `did you mean ${near.join(', ')}? ${here}` : here,
  );
}

const mostThresholds = 12;
