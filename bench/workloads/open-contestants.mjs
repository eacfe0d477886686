// The contestants that stay open on the events of a store, and how each is asked for a hand-written query.

import { Contestant } from '../measure.mjs';
import * as shapes from '../queries/shapes.mjs';

export const harrierName = 'Harrier';

/** Opens them one after the other; the first is Harrier. `close` ends their processes. */
export async function openContestants({ data, events, now, bundle, huntPaths }) {
  const { store } = await data.store(events);
  const { database, parquet } = await data.expert(events);
  const clickhouse = await data.clickhouse(events);
  const harrier = await Contestant.start('harrier', [bundle, store, JSON.stringify(huntPaths), now]);
  const others = [
    { who: 'SQL, same table', shape: shapes.kept, contestant: harrier },
    {
      who: 'SQL, expert’s table',
      shape: shapes.expert,
      contestant: await Contestant.start('duckdb', ['file', database]),
    },
    {
      who: 'SQL, zstd Parquet',
      shape: shapes.columns,
      contestant: await Contestant.start('duckdb', ['parquet', parquet]),
    },
  ];
  if (clickhouse) {
    const contestant = await Contestant.start('clickhouse', [clickhouse.database]);
    others.push({ who: 'ClickHouse', shape: shapes.clickhouse, contestant });
  }
  return {
    harrier,
    others,
    close: () =>
      Promise.all([...new Set([harrier, ...others.map(({ contestant }) => contestant)])].map((c) => c.stop())),
  };
}

const answer = ({ ms, ...rest }) => ({ value: ms, ...rest });

/** A turn for each contestant at one query: Harrier's own way, and the others' by the SQL of their shape. */
export function turnsOf(what, { harrier, others }, askHarrier, query) {
  return [
    { what, who: harrierName, unit: 'ms', keys: query?.keys, run: async () => answer(await askHarrier(harrier)) },
    ...(query ? others : []).map(({ who, shape, contestant }) => ({
      what,
      who,
      unit: 'ms',
      keys: query.keys,
      run: async () => answer(await contestant.ask('sql', query.sql(shape))),
    })),
  ];
}
