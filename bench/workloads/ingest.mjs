// Reading files into a store, plain and compressed, and through `_bulk`; beside it read_json into a table on disk. Whole
// processes, and for `_bulk` from the first request to the last answer, with the processors' time of the server.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bytesOf } from '../data/data.mjs';
import { timeProcess } from '../measure.mjs';
import { bulkBodies, sendAll, startServer } from '../server.mjs';

export const title = 'Reading events in';
/** Every turn reads everything: nothing is left cold after the first. */
export const warmUp = false;

const readJson = fileURLToPath(new URL('../contestants/read-json.mjs', import.meta.url));

export async function open({ data, sampleEvents, harrier }) {
  const { files, bytes } = await data.sample(sampleEvents);
  const store = join(data.folder, 'ingest-store');
  const database = join(data.folder, 'ingest.duckdb');
  const remove = () => {
    rmSync(store, { recursive: true, force: true });
    rmSync(database, { force: true });
  };
  let storeBytes = null;
  const turn = (what, who, run) => ({
    what,
    who,
    unit: 's',
    run: async () => {
      remove();
      const { seconds, cpu, megabytes } = await run();
      return { value: seconds, cpu, megabytes };
    },
  });
  const ingest = (paths) => timeProcess(process.execPath, [harrier, 'ingest', ...paths, '--store', store]);
  const plain = ['plain files', 'Harrier'];
  const baseline = ['plain files', 'DuckDB: read_json'];
  const turns = [
    turn(...baseline, () => timeProcess(process.execPath, [readJson, JSON.stringify(files), database])),
    turn(...plain, async () => {
      const took = await ingest(files);
      storeBytes = bytesOf(store);
      return took;
    }),
  ];
  const demands = [
    { name: 'ingest of plain files: Harrier / read_json', most: 0.6, above: [plain], below: [baseline] },
    {
      name: 'ingest of plain files, MB/s',
      least: 200,
      value: (measured) => {
        const seconds = measured.median(...plain);
        return seconds === null ? null : bytes / 1e6 / seconds;
      },
    },
  ];
  for (const [program, ending, most] of [
    ['gzip', 'gz', 1.5],
    ['zstd', 'zst', 1.25],
  ]) {
    const packed = await data.compressed(sampleEvents, program);
    if (!packed) continue;
    const key = [`.${ending} files`, 'Harrier'];
    turns.push(turn(...key, () => ingest(packed.files)));
    demands.push({ name: `ingest of .${ending} / of plain files`, most, above: [key], below: [plain] });
  }
  const bulk = ['_bulk, 2 connections, 5,000 events each', 'Harrier'];
  turns.push(
    turn(...bulk, async () => {
      const server = await startServer(harrier, store);
      const started = performance.now();
      const { errors } = await sendAll(server, bulkBodies(files, 5000), 2);
      const seconds = (performance.now() - started) / 1000;
      const cpu = server.cpu();
      await server.stop();
      if (errors > 0) throw new Error(`${errors} bulk requests failed`);
      return { seconds, cpu, megabytes: null };
    }),
  );
  demands.push(
    { name: '_bulk / ingest of plain files', most: 2, above: [bulk], below: [plain] },
    {
      name: 'store size, % of plain NDJSON',
      most: 12,
      value: () => (storeBytes === null ? null : (100 * storeBytes) / bytes),
    },
  );
  return { turns, demands, close: remove };
}
