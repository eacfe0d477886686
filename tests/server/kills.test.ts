import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openDuckDB } from '../../src/engines/duckdb/connection.ts';
import { storeFile } from '../../src/files/store-file.ts';
import { sql } from '../../src/sql/sql.ts';
import { Store } from '../../src/store/store.ts';
import { StoreQueries } from '../../src/store/store-queries.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { kill, type ServerProcess, serveProcess } from './killed-server.ts';

/** Kills of each kind; `KILLS=30` for a thorough run. */
const kills = Number(process.env.KILLS ?? 3);

// biome-ignore lint/suspicious/noExplicitAny: answers are as many as there are requests
type Json = any;

/** What a server that is asked over and over answered until it was killed. */
class Client {
  #hasAnswer!: () => void;
  /** Ends with the first answer. */
  readonly answered = new Promise<void>((resolve) => {
    this.#hasAnswer = resolve;
  });

  constructor(
    readonly folder: string,
    private readonly server: ServerProcess,
  ) {}

  /** Null when the server is gone; throws for an answer that is an error. */
  async send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Json> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(this.server.url + path, {
        method,
        headers: { 'content-type': 'application/json', ...headers },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      text = await response.text();
    } catch {
      return null;
    }
    this.#hasAnswer();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  }

  /** Asks as the command line does. */
  async sendAsOwner(path: string, body: unknown): Promise<Json> {
    const { key } = JSON.parse(readFileSync(join(this.folder, 'server.json'), 'utf8')) as { key: string };
    return this.send('POST', path, body, { authorization: `ApiKey ${key}` });
  }

  /** All numbers of an index, as often as they are there. */
  async numbers(index: string): Promise<number[]> {
    const found: number[] = [];
    for (let from = -1; ; from = found.at(-1)!) {
      const query = `FROM ${index} | WHERE n > ${from} | SORT n | KEEP n | LIMIT 10000`;
      const { values } = await this.send('POST', '/_query', { query });
      found.push(...(values as number[][]).flat());
      if (values.length < 10_000) return found;
    }
  }
}

const expectOnce = (numbers: readonly number[]): void => expect(numbers.length - new Set(numbers).size).toBe(0);
const firstTime = Date.parse('2026-03-01T00:00:00Z');
const at = (n: number): string => new Date(firstTime + n * 1000).toISOString();

/** Documents without ids, and one with a field that is new every now and then. */
async function append(client: Client, index: string, from: number, count: number): Promise<boolean> {
  const lines = Array.from({ length: count }, (_, i) => {
    const n = from + i;
    const field = n % 500 === 0 ? `,"new${n}":"x"` : '';
    return `{"create":{}}\n{"@timestamp":"${at(n)}","n":${n},"text":"event ${n}"${field}}\n`;
  });
  const answer = await client.send('POST', `/${index}/_bulk`, lines.join(''));
  if (answer) expect(answer.errors).toBe(false);
  return answer !== null;
}

/** Something that is done until the server is gone, and what must be there afterwards. */
interface Kind {
  readonly name: string;
  /** Goes on until it is answered no more. */
  run(client: Client): Promise<void>;
  check(client: Client): Promise<void>;
}

/** Documents come without end, and the oldest of them go in order, by requests that name the first that stays. */
function removal(name: string, remove: (client: Client, before: number) => Promise<Json>): Kind {
  const index = 'moving';
  let written = 0;
  /** Below it all are gone for certain; up to `asked` they may be. */
  let gone = 0;
  let asked = 0;
  const acknowledged = new Set<number>();
  return {
    name,
    async run(client) {
      const writing = async (): Promise<void> => {
        for (;;) {
          const from = written;
          written += 100;
          if (!(await append(client, index, from, 100))) return;
          for (let n = from; n < from + 100; n++) acknowledged.add(n);
        }
      };
      const removing = async (): Promise<void> => {
        for (;;) {
          // What is being written is left alone: it might come after the removal.
          const before = Math.max(asked, Math.min(asked + 150, written - 1000));
          if (before === asked) {
            await sleep(5);
            if ((await client.send('GET', '/')) === null) return;
            continue;
          }
          asked = before;
          if ((await remove(client, before)) === null) return;
          gone = before;
        }
      };
      await Promise.all([writing(), removing()]);
    },
    async check(client) {
      if (acknowledged.size === 0) return;
      const found = await client.numbers(index);
      expectOnce(found);
      const there = new Set(found);
      expect(found.filter((n) => n < gone)).toEqual([]);
      expect([...acknowledged].filter((n) => n >= asked && !there.has(n))).toEqual([]);
      // What may be gone or not is decided now.
      gone = asked;
      await client.send('POST', `/${index}/_delete_by_query`, { query: { range: { n: { lt: asked } } } });
    },
  };
}

/** Documents with ids are written, changed and removed one by one and in bulk. */
function byId(): Kind {
  const state = new Map<number, { known: number | null; maybe: (number | null)[] }>();
  let next = 0;
  return {
    name: 'delete and update by id',
    async run(client) {
      const worker = async (): Promise<void> => {
        for (;;) {
          const numbers = Array.from({ length: 20 }, () => next++);
          const older = numbers.map((n) => n - 200).filter((n) => n >= 0);
          const wanted = new Map<number, number | null>(numbers.map((n) => [n, 1]));
          for (const n of older) wanted.set(n, n % 3 === 0 ? null : 2);
          const lines = [...wanted].map(([n, value]) =>
            value === null
              ? `{"delete":{"_id":"d${n}"}}\n`
              : `{"index":{"_id":"d${n}"}}\n{"n":${n},"value":${value}}\n`,
          );
          for (const [n, value] of wanted) {
            const known = state.get(n) ?? { known: null, maybe: [] };
            state.set(n, { ...known, maybe: [...known.maybe, value] });
          }
          const answer = await client.send('POST', '/byid/_bulk', lines.join(''));
          if (answer === null) return;
          for (const [n, value] of wanted) state.set(n, { known: value, maybe: [] });
        }
      };
      // Numbers of one worker are never those of another's requests under way.
      await worker();
    },
    async check(client) {
      if (next === 0) return;
      const { values } = (await client.send('POST', '/_query', {
        query: `FROM byid* | WHERE n >= ${next - 9000} | KEEP n, value | LIMIT 10000`,
      })) as { values: [number, number][] };
      expectOnce(values.map(([n]) => n));
      const found = new Map(values);
      for (const [n, { known, maybe }] of state) {
        if (n < next - 9000) continue;
        const value = found.get(n) ?? null;
        expect({ n, value, possible: [known, ...maybe] }).toSatisfy(() => [known, ...maybe].includes(value));
        state.set(n, { known: value, maybe: [] });
      }
    },
  };
}

/** Something that has one value, which is set again and again. */
function setting(
  name: string,
  set: (client: Client, value: number) => Promise<Json>,
  get: (client: Client) => Promise<number | null>,
): Kind {
  let acknowledged: number | null = null;
  let next = 1;
  return {
    name,
    async run(client) {
      for (;;) {
        const value = next++;
        if ((await set(client, value)) === null) return;
        acknowledged = value;
      }
    },
    async check(client) {
      const found = await get(client);
      expect([acknowledged, next - 1]).toContain(found);
      acknowledged = found;
    },
  };
}

/** Backups are made while documents are written: one that is there is whole. */
function backups(): Kind {
  const target = temporaryFolder();
  let number = 0;
  /** Numbers that were sent, and how many of them were acknowledged. */
  let written = 0;
  let acknowledged = 0;
  const promised = new Map<string, number>();
  return {
    name: 'backup and checkpoint',
    async run(client) {
      const writing = async (): Promise<void> => {
        for (;;) {
          const done = await append(client, 'copied', written, 100);
          // Numbers of a request that a kill cut off are not used again: they may be there or not.
          written += 100;
          if (!done) return;
          acknowledged += 100;
        }
      };
      const copying = async (): Promise<void> => {
        for (;;) {
          const folder = `backup-${number++}`;
          promised.set(folder, acknowledged);
          if ((await client.sendAsOwner('/_harrier/backup', { to: join(target, folder) })) === null) return;
          expect(existsSync(join(target, folder))).toBe(true);
        }
      };
      await Promise.all([writing(), copying()]);
    },
    async check(client) {
      if (acknowledged === 0) return;
      expectOnce(await client.numbers('copied'));
      for (const folder of readdirSync(target).filter((name) => name.startsWith('backup-'))) {
        const store = await Store.openToRead(join(target, folder));
        const queries = new StoreQueries(store, { concurrent: 1, waiting: 0 });
        const { values } = await queries.run('FROM copied* | STATS c = COUNT(*), d = COUNT_DISTINCT(n)', {
          now: 0,
          maxRows: null,
        });
        await queries.close();
        await store.close();
        expect(Number(values[0]![0])).toBeGreaterThanOrEqual(promised.get(folder)!);
        rmSync(join(target, folder), { recursive: true });
      }
    },
  };
}

const kinds: readonly (() => Kind)[] = [
  byId,
  () =>
    removal('delete_by_query', (client, before) =>
      client.send('POST', '/moving/_delete_by_query?conflicts=proceed', { query: { range: { n: { lt: before } } } }),
    ),
  () =>
    removal('forget and checkpoint', (client, before) =>
      client.sendAsOwner('/_harrier/forget', { before: firstTime + before * 1000, indices: 'moving' }),
    ),
  () =>
    setting(
      'lifecycle',
      async (client, value) => {
        await client.send('PUT', '/_index_template/t', { index_patterns: ['stream-*'], data_stream: {} });
        await append(client, 'stream-a', value, 1);
        return client.send('PUT', '/_data_stream/stream-a/_lifecycle', { data_retention: `${value + 10_000}d` });
      },
      async (client) => {
        const answer = await client.send('GET', '/_data_stream/stream-a/_lifecycle').catch(() => null);
        const retention = answer?.data_streams[0].lifecycle?.data_retention;
        return retention === undefined ? null : Number(retention.replace('d', '')) - 10_000;
      },
    ),
  () =>
    setting(
      'templates',
      (client, value) =>
        client.send('PUT', '/_index_template/t', {
          index_patterns: ['t-*'],
          version: value,
          template: { mappings: { properties: { [`f${value}`]: { type: 'ip' } } } },
        }),
      async (client) => {
        const answer = await client.send('GET', '/_index_template/t').catch(() => null);
        const template = answer?.index_templates[0].index_template;
        if (template) expect(Object.keys(template.template.mappings.properties)).toEqual([`f${template.version}`]);
        return template?.version ?? null;
      },
    ),
  () =>
    setting(
      'mappings and indices',
      async (client, value) => {
        await append(client, 'mapped', value, 1);
        await client.send('PUT', `/made-${value}`, { mappings: { properties: { a: { type: 'ip' } } } });
        const done = await client.send('PUT', '/mapped/_mapping', { properties: { [`f${value}`]: { type: 'ip' } } });
        return done && client.send('DELETE', `/made-${value}`);
      },
      async (client) => {
        const answer = await client.send('GET', '/mapped/_mapping').catch(() => null);
        const names = Object.keys(answer?.mapped.mappings.properties ?? {}).filter((name) => /^f\d+$/.test(name));
        const numbers = names.map((name) => Number(name.slice(1))).sort((a, b) => a - b);
        // None is missing below the last but those that were under way at a kill.
        return numbers.at(-1) ?? null;
      },
    ),
  backups,
];

it.each(kinds)(
  `what was acknowledged is there after a kill: kind %# (${kills} kills)`,
  async (make) => {
    const kind = make();
    const folder = temporaryFolder();
    for (let i = 0; i <= kills; i++) {
      const server = await serveProcess(folder);
      const client = new Client(folder, server);
      if (i > 0)
        await kind.check(client).catch((error) => {
          throw new Error(`${kind.name}, after ${i} kills: ${error.message}`);
        });
      if (i === kills) {
        await kill(server);
        break;
      }
      const running = kind.run(client);
      // Busy machines take a while to begin.
      await Promise.race([running, client.answered]);
      await sleep(Math.random() * 600);
      await kill(server);
      await running;
    }
    if (process.env.KILLS) console.log(`${kind.name}: ${kills} kills`);
  },
  60_000 + 20_000 * kills,
);

it(
  `an upgrade that is killed leaves the old layout or the new one, with all documents (${kills} kills)`,
  async () => {
    const folder = temporaryFolder();
    const server = await serveProcess(folder);
    const client = new Client(folder, server);
    await append(client, 'events', 0, 2000);
    server.process.kill('SIGTERM');
    await once(server.process, 'exit');
    const layouts = new Set<string>();
    for (let i = 0; i < kills; i++) {
      const duckdb = await openDuckDB({ file: join(folder, storeFile) });
      const { connection } = duckdb;
      const layout = async (): Promise<number> =>
        Number((await connection.runAndReadAll(sql`SELECT layout FROM harrier.meta`)).getRows()[0]![0]);
      layouts.add(String(await layout()));
      if ((await layout()) > 3)
        for (const statement of [
          sql`ALTER TABLE harrier.indices DROP COLUMN lifecycle`,
          sql`ALTER TABLE harrier.indices DROP COLUMN next_sequence`,
          sql`DROP TABLE harrier.files`,
          sql`DROP TABLE harrier.paths`,
          sql`DROP TABLE harrier.unread`,
          sql`UPDATE harrier.meta SET layout = 3`,
        ])
          await connection.run(statement);
      duckdb.close();
      const child = spawn(process.execPath, ['dist/harrier.js', 'upgrade', '--store', folder], { stdio: 'ignore' });
      const exit = once(child, 'exit');
      // Loading takes the most of it.
      await sleep(300 + Math.random() * 500);
      child.kill('SIGKILL');
      await exit;
    }
    const last = await serveProcess(folder);
    const numbers = await new Client(folder, last).numbers('events');
    await kill(last);
    expect(numbers).toEqual(Array.from({ length: 2000 }, (_, n) => n));
    if (process.env.KILLS) console.log(`upgrade: ${kills} kills, layouts found: ${[...layouts].join(', ')}`);
  },
  60_000 + 10_000 * kills,
);
