import { createHash } from 'node:crypto';
import type { HuntResult } from '../../report/report.ts';
import { cellJson } from '../../values/json.ts';
import type { QueryResult } from '../../values/types.ts';
import { groupKeysOf } from '../group-keys.ts';
import { hiddenIdentity, placesOf, rowIdentity } from '../row-text.ts';
import { identityOf } from '../run-diff.ts';
import type { WatchRun, WatchState } from './watch-state.ts';

/** A new hit as receivers get it: a JSON document, and an id that is the same whenever it is sent. */
export interface Hit {
  readonly id: string;
  readonly document: string;
}

/** What a run found that earlier runs had not. */
export interface NewHits {
  readonly hits: readonly Hit[];
  readonly known: WatchState['known'];
  readonly queries: WatchRun['queries'];
}

/**
 * Separates new rows from those that were seen before, by the keys of their groups. `scheduled` is the time of the run;
 * what was not seen since `forgotten` is new again.
 */
export async function newHits(
  watch: string,
  results: readonly HuntResult[],
  before: WatchState['known'],
  scheduled: Date,
  forgotten: Date,
): Promise<NewHits> {
  const time = scheduled.toISOString();
  const remembered = Object.entries(before).filter(([, { last }]) => new Date(last) >= forgotten);
  const known = new Map(remembered);
  const seen = new Map(known);
  const hits: Hit[] = [];
  const queries: WatchRun['queries'][number][] = [];
  for (const found of results) {
    const { hunt, query, text, outcome, result, hidden } = found;
    let added = 0;
    if (result && result.values.length > 0) {
      const keys = await groupKeysOf(text);
      const places = placesOf(result.columns, keys ?? (result.hiddenKeys ? [] : null));
      const names = [...places.map((at) => result.columns[at]!), ...(result.hiddenKeys?.columns ?? [])].map(
        ({ name }) => name,
      );
      const alike = new Map<string, number>();
      for (const [place, row] of result.values.entries()) {
        const identity = rowIdentity(row, result.columns, places) + hiddenIdentity(result, place);
        // An engine that does not know all keys gives several rows of one identity: then their number is known.
        const earlier = alike.get(identity) ?? 0;
        alike.set(identity, earlier + 1);
        const own = earlier === 0 ? identity : `${identity} ${earlier}`;
        const key = digest(identityOf(found), names, own);
        const first = known.get(key)?.first;
        seen.set(key, { first: first ?? time, last: time });
        if (first !== undefined) continue;
        added += 1;
        hits.push(hitOf(watch, found, result, place, key, time));
      }
    }
    queries.push({
      ...{ hunt: hunt?.name ?? '', query, outcome, rows: result?.values.length ?? 0, new: added },
      hidden: hidden.reduce((sum, { rows }) => sum + rows, 0),
    });
  }
  return { hits, known: Object.fromEntries(seen), queries };
}

function hitOf(
  watch: string,
  { hunt, query }: HuntResult,
  { columns, values }: QueryResult,
  place: number,
  key: string,
  time: string,
): Hit {
  const row = values[place]!;
  const every = columns.map((_, at) => at);
  const from = [hunt?.uuid ?? hunt?.name ?? '', String(query), time, key];
  const id = digest(watch, from, rowIdentity(row, columns, every));
  const about = { watch, hunt: { uuid: hunt?.uuid ?? null, name: hunt?.name ?? null }, query, id };
  const cells = row.flatMap((value, at) => {
    const { name, type } = columns[at]!;
    // The document's own time is that of the run.
    const key = name === '@timestamp' ? 'event.original_time' : name;
    return value === null ? [] : [`${JSON.stringify(key)}:${cellJson(value, type)}`];
  });
  return {
    id,
    document: `{"@timestamp":"${time}","harrier":${JSON.stringify(about)}${cells.map((cell) => `,${cell}`).join('')}}`,
  };
}

const digest = (...parts: readonly (string | readonly string[])[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
