import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { notRecordedOn } from '../coverage/platform-facts.ts';
import { InputError } from '../diagnostics/diagnostic.ts';
import { deriveToml } from '../hunts/derive.ts';
import type { Hunt } from '../hunts/hunt.ts';
import { CompiledQuery } from '../languages/esql/compiled-query.ts';
import { hasOverrides, type Overrides } from '../overrides/override.ts';
import { describedFor, nameOnPlatform } from '../overrides/platform.ts';
import { typed } from '../overrides/typed-query.ts';
import { jobsOf } from './jobs.ts';
import { overrideJobs, standardSurroundings } from './override-jobs.ts';

/** A hunt to make another one of. */
export interface DeriveRequest {
  readonly hunt: Hunt;
  readonly overrides: Overrides;
  /** The overrides as the command line has them, for the notes of the new hunt. */
  readonly written: string;
  /** The name of the new hunt; null for one that is made of the other's. */
  readonly name: string | null;
  /** Texts that were edited, by the place of the query. */
  readonly edited?: ReadonlyMap<number, string>;
}

/** A new hunt. */
export interface Derived {
  /** Its file, in TOML. */
  readonly text: string;
  /** What is never recorded on the platform that it is for, so that it finds nothing there. */
  readonly notRecorded: readonly string[];
}

/** Writes a hunt from another one. Throws an InputError where nothing would be different, or a query cannot take the overrides. */
export async function deriveHunt({
  hunt,
  overrides,
  written,
  name,
  edited = new Map(),
}: DeriveRequest): Promise<Derived> {
  if (!hasOverrides(overrides) && edited.size === 0)
    throw new InputError('nothing would be different', 'say what: --set, --window, --platform, --exclude or --only');
  const own = jobsOf(hunt).map((job) => {
    const text = edited.get(job.query);
    return text === undefined ? job : { ...job, esql: new CompiledQuery(text), lineOffset: 0 };
  });
  const jobs = await overrideJobs(own, overrides, null);
  const refused = jobs.find(({ refusal }) => refusal !== undefined);
  if (refused) throw new InputError(`query ${refused.query + 1} of ${hunt.name}: ${refused.refusal}`);
  const { platform } = overrides;
  const notRecorded: string[] = [];
  if (platform)
    for (const { esql } of jobs)
      notRecorded.push(...notRecordedOn(platform, await typed(esql, standardSurroundings())));
  const text = deriveToml(hunt, await readFile(hunt.file, 'utf8'), {
    uuid: randomUUID(),
    name: name ?? (platform ? nameOnPlatform(hunt.name, platform) : `${hunt.name} (derived)`),
    description: platform && hunt.description !== null ? describedFor(hunt.description, platform) : hunt.description,
    queries: jobs.map(({ esql }) => esql.text),
    overrides: written,
  });
  return { text, notRecorded };
}
