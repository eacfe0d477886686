import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { serveProcess } from './killed-server.ts';

const kills = Number(process.env.KILLS ?? 10);
/** Numbers of documents that a writer has between two kills: more than it can write. */
const share = 50_000;

/** Documents of which some have ids, and some bring fields that no mapping has. */
function mixed(i: number): string {
  const action = i % 2 === 0 ? `{"create":{"_id":"d${i}"}}` : '{"index":{}}';
  const field = i % 700 === 0 ? `,"new${i}":"x"` : '';
  return `${action}\n{"n":${i},"text":"event ${i}"${field}}\n`;
}

/** Documents as shippers send them. */
const alike = (i: number): string => `{"create":{}}\n{"n":${i},"text":"event ${i}"}\n`;

/** Writes until the server is gone; every acknowledged document's number goes into `acknowledged`. */
async function write(
  url: string,
  from: number,
  document: (i: number) => string,
  acknowledged: Set<number>,
): Promise<void> {
  for (let n = from; ; n += 100) {
    const numbers = Array.from({ length: 100 }, (_, i) => n + i);
    const body = numbers.map(document).join('');
    try {
      const response = await fetch(`${url}/events/_bulk`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson' },
        body,
      });
      const { items } = (await response.json()) as { items: Record<string, { status: number }>[] };
      items.forEach((item, i) => {
        if (Object.values(item)[0]!.status < 300) acknowledged.add(numbers[i]!);
      });
    } catch {
      return;
    }
  }
}

async function numbers(url: string): Promise<number[]> {
  const found: number[] = [];
  // Answers have at most 10,000 rows.
  for (let from = 0; ; from += 10_000) {
    const query = `FROM events | WHERE n >= ${from} AND n < ${from + 10_000} | KEEP n | LIMIT 10000`;
    const above = `FROM events | STATS m = MAX(n)`;
    const ask = async (text: string): Promise<number[]> => {
      const response = await fetch(`${url}/_query`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: text }),
      });
      return ((await response.json()) as { values: number[][] }).values.flat();
    };
    found.push(...(await ask(query)));
    if (((await ask(above))[0] ?? 0) < from + 10_000) return found;
  }
}

it.each([
  ['mixed', mixed],
  ['alike', alike],
])(
  `loses nothing that was acknowledged when it is killed, and has nothing twice (${kills} kills): %s`,
  async (_, document) => {
    const folder = temporaryFolder();
    const acknowledged = new Set<number>();
    let next = 0;
    for (let kill = 0; kill < kills; kill++) {
      const server = await serveProcess(folder);
      const writing = [0, 1, 2].map((writer) =>
        write(server.url, next + writer * kills * share, document, acknowledged),
      );
      // Busy machines take a while to begin.
      const before = acknowledged.size;
      for (let waits = 0; waits < 1000 && acknowledged.size === before; waits++) await sleep(20);
      await sleep(Math.random() * 400);
      server.process.kill('SIGKILL');
      await Promise.all(writing);
      next += share;
    }
    const server = await serveProcess(folder);
    try {
      const stored = await numbers(server.url);
      const distinct = new Set(stored);
      expect(stored.length - distinct.size).toBe(0);
      expect([...acknowledged].filter((n) => !distinct.has(n))).toEqual([]);
      expect(acknowledged.size).toBeGreaterThan(100 * kills - 1);
    } finally {
      server.process.kill('SIGKILL');
    }
  },
  60_000 + 30_000 * kills,
);
