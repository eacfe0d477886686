// From raw NDJSON to the answers of the six queries, nothing kept: whole processes. On the other side DuckDB reads the
// columns that the queries need into a table, once, and runs them by hand.
import { fileURLToPath } from 'node:url';
import { timeProcess } from '../measure.mjs';
import { byHand } from '../queries/hunts.mjs';
import { columns } from '../queries/shapes.mjs';

export const title = 'First answer from raw NDJSON, whole processes';

const ndjson = fileURLToPath(new URL('../contestants/ndjson.mjs', import.meta.url));

export async function open({ data, sampleEvents, now, harrier, six }) {
  const { files } = await data.sample(sampleEvents);
  const what = 'the six queries from files';
  const printed = await timeProcess(process.execPath, [harrier, 'run', ...six, '--print-query']);
  const jobs = [...printed.out.matchAll(/^\/\/ ([0-9a-f-]{36})(?:, query (\d+))?:/gm)].map(([, uuid, nth]) => ({
    uuid,
    query: nth ? Number(nth) - 1 : 0,
  }));
  const queries = jobs.map((job) => byHand(job, now)?.sql(columns)).filter(Boolean);
  const turn = (who, args, rowsOf) => ({
    what,
    who,
    unit: 's',
    keys: ['rows'],
    run: async () => {
      const { seconds, cpu, megabytes, out } = await timeProcess(process.execPath, args);
      return { value: seconds, cpu, megabytes, rows: rowsOf(JSON.parse(out)).map((rows) => ({ rows })) };
    },
  });
  const data_ = files.flatMap((file) => ['--data', file]);
  return {
    turns: [
      turn('DuckDB by hand', [ndjson, JSON.stringify(files), JSON.stringify(queries)], (answers) =>
        answers.map((rows) => rows.length),
      ),
      turn(
        'Harrier, nothing kept',
        [harrier, 'run', ...six, ...data_, '--now', now, '--no-cache', '--format', 'json'],
        ({ results }) => results.map(({ values }) => values.length),
      ),
    ],
    demands: [
      {
        name: 'first answer from NDJSON: Harrier / DuckDB by hand',
        most: 1,
        above: [[what, 'Harrier, nothing kept']],
        below: [[what, 'DuckDB by hand']],
      },
    ],
  };
}
