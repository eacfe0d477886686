// The data that contestants run on: made once for a size, and kept in a folder for the next run.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { timeProcess } from '../measure.mjs';

const script = (name) => fileURLToPath(new URL(`${name}.mjs`, import.meta.url));

/** What a folder or file takes on the disk. */
export const bytesOf = (path) =>
  statSync(path).isDirectory()
    ? readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0)
    : statSync(path).size;

/** About a million events are ingested at once. */
const atOnce = 1.6e9;

const whole = (folder) => join(folder, 'made.json');
const made = (folder) => (existsSync(whole(folder)) ? JSON.parse(readFileSync(whole(folder), 'utf8')) : null);

export class Data {
  /** What is known of everything that this run used, by its name. */
  facts = {};

  constructor({ folder, harrier, fleetFiles, makers, say }) {
    Object.assign(this, { folder, harrier, fleetFiles, makers, say });
  }

  /** Runs `make` on an empty folder of that name unless it ran to its end before; what it returned, and the folder. */
  async #once(name, make) {
    const folder = join(this.folder, name);
    let facts = made(folder);
    if (!facts) {
      this.say(`making ${folder} …`);
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      facts = await make(folder);
      writeFileSync(whole(folder), JSON.stringify(facts));
    }
    this.facts[name] = facts;
    return { folder, ...facts };
  }

  /** NDJSON files of a number of events. */
  sample(events) {
    return this.#once(`ndjson-${events}`, async (folder) => {
      const files = [];
      for await (const file of this.fleetFiles(events, folder)) files.push(file);
      return { files, bytes: files.reduce((sum, file) => sum + bytesOf(file), 0) };
    });
  }

  /** The same files, compressed by gzip or zstd (their levels' defaults). Null where the program is not there. */
  async compressed(events, program) {
    const { files } = await this.sample(events);
    const ending = { gzip: 'gz', zstd: 'zst' }[program];
    try {
      return await this.#once(`ndjson-${events}-${ending}`, async (folder) => {
        const packed = files.map((file) => join(folder, `${file.split('/').at(-1)}.${ending}`));
        for (const [i, file] of files.entries()) {
          await timeProcess('sh', ['-c', `${program} -c "$0" > "$1"`, file, packed[i]]);
        }
        return { files: packed };
      });
    } catch (error) {
      this.say(`no ${program} files: ${error.message}`);
      return null;
    }
  }

  /**
   * A store of a number of events, read by `harrier ingest` a million at a time: each million is made, ingested and removed,
   * so that NDJSON of the whole need not fit on the disk.
   */
  store(events) {
    return this.#once(`store-${events}`, async (folder) => {
      const facts = {
        store: join(folder, 'store'),
        events: 0,
        ndjsonBytes: 0,
        ingestSeconds: 0,
        ingestCpu: 0,
        megabytes: null,
        /** What each ingest took, in their order. */
        ingests: [],
      };
      let batch = [];
      const ingest = async () => {
        const bytes = batch.reduce((sum, file) => sum + bytesOf(file), 0);
        const { seconds, cpu, megabytes, out } = await timeProcess(process.execPath, [
          this.harrier,
          'ingest',
          ...batch,
          '--store',
          facts.store,
        ]);
        facts.ndjsonBytes += bytes;
        facts.ingestSeconds += seconds;
        facts.ingestCpu += cpu;
        facts.megabytes = megabytes === null ? null : Math.max(facts.megabytes ?? 0, megabytes);
        const added = Number(/added ([\d,]+) events/.exec(out)?.[1].replaceAll(',', '') ?? 0);
        facts.events += added;
        facts.ingests.push({ events: added, seconds, cpu });
        for (const file of batch) rmSync(file);
        batch = [];
      };
      for await (const file of this.fleetFiles(events, folder)) {
        batch.push(file);
        if (batch.reduce((sum, part) => sum + bytesOf(part), 0) > atOnce) await ingest();
      }
      if (batch.length > 0) await ingest();
      return { ...facts, storeBytes: bytesOf(facts.store) };
    });
  }

  /** A store of events of many kinds, of lists about them, and of the policy by which ENRICH finds owners. */
  varied(events) {
    return this.#once(`varied-${events}`, async (folder) => {
      const store = join(folder, 'store');
      const { variedFiles, listFiles, addLists } = this.makers;
      const ingest = (file, ...options) =>
        timeProcess(process.execPath, [this.harrier, 'ingest', file, '--store', store, ...options]);
      for await (const file of variedFiles(events, folder)) {
        await ingest(file);
        rmSync(file);
      }
      await addLists(store);
      for (const { name, path } of await listFiles(folder)) await ingest(path, '--index', name);
      return { store, storeBytes: bytesOf(store) };
    });
  }

  /** The expert's table of the events in a store: a DuckDB file, and zstd Parquet. */
  async expert(events) {
    const { store } = await this.store(events);
    return this.#once(`expert-${events}`, async (folder) => {
      const [database, parquet] = [join(folder, 'events.duckdb'), join(folder, 'events.parquet')];
      await timeProcess(process.execPath, [script('make-expert'), store, database, parquet]);
      return { database, parquet, databaseBytes: bytesOf(database), parquetBytes: bytesOf(parquet) };
    });
  }

  /** The same in ClickHouse. Null where chdb is not installed. */
  async clickhouse(events) {
    const { parquet } = await this.expert(events);
    try {
      await import('chdb');
    } catch {
      this.say('no ClickHouse: npm install --prefix bench brings it');
      return null;
    }
    return this.#once(`clickhouse-${events}`, async (folder) => {
      const database = join(folder, 'data');
      const { out } = await timeProcess(process.execPath, [script('make-clickhouse'), parquet, database]);
      return { database, databaseBytes: bytesOf(database), version: out.trim() };
    });
  }
}
