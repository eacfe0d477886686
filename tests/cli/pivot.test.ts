import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { silent } from '../../src/app/observer.ts';
import { openSession } from '../../src/app/session/session.ts';
import type { Engine } from '../../src/engines/engine.ts';
import { treesOfEntities } from '../../src/investigate/kinship.ts';
import { files } from '../files/support.ts';
import { startServer } from '../server/support.ts';
import { harrier } from '../support/command.ts';
import { childCount, entityId, host, hostile, intrusion, ndjson, pids } from '../support/intrusion.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const sysmonless = [1, 2].map((i) => ({
  '@timestamp': `2026-03-10T0${i}:00:00Z`,
  host: { name: 'old-box' },
  event: { category: ['process'], type: ['start'], action: 'exec' },
  process: { pid: 77, name: `tool${i}`, executable: `/opt/tool${i}`, parent: { pid: 1, name: 'init' } },
}));
const place = files({
  'intrusion.ndjson': ndjson(intrusion()),
  'pids.ndjson': ndjson(sysmonless),
  'none.ndjson': ndjson([{ '@timestamp': '2026-03-10T00:00:00Z', message: 'hello' }]),
  'twice.ndjson': ndjson([
    ...intrusion(),
    ...intrusion().map((event) => ({ ...event, host: { name: 'ws-clone', id: 'host-lab-2' } })),
  ]),
});
const data = join(place, 'intrusion.ndjson');
const loader = entityId(pids.loader);

// biome-ignore lint/suspicious/noExplicitAny: a document to look into
type Json = any;

const told = async (args: readonly string[]): Promise<Json> => {
  const { stdout, stderr, code } = await harrier(['pivot', ...args, '--format', 'json']);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
};

describe('pivot', async () => {
  const pivot = await told([loader, '--data', data]);

  it('says what the process is', () => {
    expect(pivot.process).toMatchObject({
      id: loader,
      pid: 1200,
      name: 'loader.exe',
      executable: 'C:\\Lab\\loader.exe',
      command_line: 'C:\\Lab\\loader.exe -zeta -alpha',
      arguments: ['C:\\Lab\\loader.exe', '-zeta', '-alpha'],
      working_directory: 'C:\\Lab\\',
      user: { name: 'anna', domain: 'LAB', id: 'S-1-5-21-7' },
      started: '2026-03-10T08:00:10.000Z',
      ended: '2026-03-10T08:33:20.000Z',
      exit_code: 3,
      hashes: { sha256: 'aa1200', sha1: 'cc1200', md5: 'bb1200' },
      signature: { exists: false },
      parent: { name: 'wscript.exe', pid: 1100 },
      host: { name: host.name, id: host.id, os: 'Windows 11 Lab' },
    });
  });

  it('puts it into its process tree', () => {
    const chain = [];
    let node = pivot.tree;
    for (; !node.is_focus; node = node.children[0]) chain.push(node.name);
    // The eldest is only in the lists of ancestors, and the next one only in what its child says.
    expect(chain).toEqual([null, 'explorer.exe', 'winword.exe', 'wscript.exe']);
    expect([node.name, node.children.length, node.more_children]).toEqual(['loader.exe', 10, childCount - 10]);
    expect(node.children[0].children.map(({ name }: { name: string }) => name)).toEqual(['grandchild.exe']);
  });

  it('counts what went to each address, and knows no bytes where no event carries them', () => {
    expect(pivot.network.entries).toMatchObject([
      { address: '203.0.113.7', ports: [443], events: 40, bytes_sent: 2000, bytes_received: 800 },
      { address: '192.0.2.66', ports: [4444], direction: 'ingress', bytes_sent: 9, bytes_received: 7 },
      { address: '198.51.100.9', domains: ['files.example'], bytes_sent: null, bytes_received: null },
    ]);
  });

  it('recognises an interval in the beginnings of connections', () => {
    expect(pivot.network.entries.map((peer: Json) => [peer.rhythm.judgement, peer.rhythm.median_seconds])).toEqual([
      ['steady', 60],
      ['few', null],
      ['few', null],
    ]);
    expect(pivot.network.entries[0].rhythm).toMatchObject({ intervals: 19, spread: 0 });
  });

  it('lists names, files, registry values, libraries and the rest', () => {
    expect(pivot.dns.entries).toMatchObject([
      { name: 'c2.example', types: ['A'], ips: ['203.0.113.7', '203.0.113.8'] },
    ]);
    expect(pivot.files.entries).toMatchObject([
      { action: 'creation', path: hostile, size_bytes: 1234, sha256: 'dd01' },
      { action: 'rename', path: 'C:\\Lab\\notes.locked', original_path: 'C:\\Lab\\notes.txt', size_bytes: null },
      { action: 'deletion', path: 'C:\\Lab\\evidence.log' },
    ]);
    expect(pivot.registry.entries).toMatchObject([
      { path: expect.stringContaining('Run\\Loader'), type: 'REG_SZ', data: ['C:\\Lab\\loader.exe'] },
    ]);
    // What nobody signed comes first.
    expect(pivot.libraries.entries).toMatchObject([
      { path: 'C:\\Lab\\odd.dll', sha256: 'ee02', signature: { exists: false } },
      { path: 'C:\\Windows\\System32\\fine.dll', signature: { subject: 'Lab Windows', trusted: true } },
    ]);
    expect(pivot.other.entries.map(({ action }: { action: string }) => action)).toEqual([
      'VirtualProtect',
      'end',
      'start',
    ]);
  });

  it('orders it by time, each thing once, children too', () => {
    const { entries, total, events } = pivot.timeline;
    expect([total, events]).toEqual([14 + childCount, 52 + childCount]);
    expect(entries[0]).toMatchObject({ time: '2026-03-10T08:00:10.000Z', kind: 'process', action: 'start' });
    expect(entries.find(({ what }: Json) => what === '203.0.113.7 port 443')).toMatchObject({
      time: '2026-03-10T08:01:00.000Z',
      last: '2026-03-10T08:20:00.000Z',
      events: 20,
    });
    expect(entries.filter(({ kind }: Json) => kind === 'child')).toHaveLength(childCount);
    const network = pivot.over_time.kinds.find(({ kind }: Json) => kind === 'network');
    expect(network.counts.reduce((a: number, b: number) => a + b, 0)).toBe(42);
  });

  it('a beginning that only one process has is enough, also one that a table cut', async () => {
    const beginning = loader.slice(0, 56);
    expect((await told([`${beginning}…`, '--data', data])).entity_id).toBe(loader);
    for (const between of ['…', '...']) {
      const short = `${loader.slice(0, 4)}${between}${loader.slice(-26)}`;
      expect((await told([short, '--host', 'ws-lab', '--data', data])).entity_id).toBe(loader);
    }
  });

  it('a process that has no events is described by its children', async () => {
    const { process, tree, notes, files: written, timeline } = await told([entityId(pids.explorer), '--data', data]);
    expect([process, written.outcome, timeline.entries.length]).toEqual([null, 'none', 1]);
    expect(tree.children[0]).toMatchObject({ name: 'explorer.exe', is_focus: true });
    expect(notes[0]).toContain('no event is of this process itself');
  });

  it('cannot tell what no event of the host carries', async () => {
    const only = files({ 'e.ndjson': ndjson(intrusion().filter(({ file, dns }) => !file && !dns)) });
    const { files: written, dns, libraries } = await told([entityId(2000), '--data', join(only, 'e.ndjson')]);
    expect([written.outcome, written.missing_fields]).toEqual(['cannot tell', ['file.path', 'file.name']]);
    expect([dns.outcome, libraries.outcome]).toEqual(['cannot tell', 'none']);
  });

  it('cuts lists and trees, and counts what it leaves out', async () => {
    const args = ['--limit', '2', '--depth', '1', '--children', '3', '--data', data];
    const { timeline, tree } = await told([loader, ...args]);
    expect([timeline.entries.length, timeline.total]).toEqual([2, 14 + childCount]);
    expect([tree.name, tree.more_ancestors, tree.children[0].more_children]).toEqual([
      'wscript.exe',
      3,
      childCount - 3,
    ]);
  });
});

describe('pivot for people', () => {
  it('text: a tree, lists, and no control characters', async () => {
    const { stdout } = await harrier(['pivot', loader, '--data', data]);
    expect(stdout).toContain('└─ loader.exe 1200 ◀');
    expect(stdout).toContain(`└─ … ${childCount - 10} more children`);
    expect(stdout).toContain('steady, every 1 min ± 0 %');
    expect(stdout).toMatch(/198\.51\.100\.9 .* unknown +unknown/);
    expect(stdout).toContain('C:\\tmp\\␛[31m<script>');
    expect(stdout).not.toContain('\u001b');
  });

  it('html: one page with nothing to run or fetch', async () => {
    const file = join(temporaryFolder(), 'loader.html');
    const { code, stdout } = await harrier(['pivot', loader, '--data', data, '-f', 'html', '-o', file]);
    const page = readFileSync(file, 'utf8');
    expect([code, stdout]).toEqual([0, '']);
    expect(page).toContain('default-src &#39;none&#39;; style-src &#39;sha256-');
    expect(page).toContain('␛[31m&lt;script&gt;alert(1)&lt;/script&gt;&quot;.txt');
    expect(page).not.toMatch(/<script|https?:\/\/|[^\n\t\P{Cc}]/u);
    expect(page).toMatch(/<svg[^>]*aria-label="Events over time/);
    expect(page).toMatch(/<rect class="bar"[^>]*><title>1 min to 2 min: 19 pauses/);
    expect((await harrier(['pivot', loader, '--data', data, '-o', file])).code).toBe(2);
  });
});

describe('pivot without an answer', () => {
  it.concurrent.each<[string, string[], RegExp]>([
    [
      'an id that is not there',
      ['Tm9uZXN1Y2g=', '--data', data],
      /none of \d+ events .*help: nothing in the data comes near it/s,
    ],
    ['an id with a mistake', [`${loader.slice(0, 60)}XX`, '--data', data], /did you mean\n {2}.*loader\.exe/],
    [
      'an ambiguous beginning',
      [loader.slice(0, 20), '--data', data],
      /18 processes have an entity id that begins with .*others/s,
    ],
    ['an id of two hosts', [loader, '--data', join(place, 'twice.ndjson')], /several hosts have .*ws-clone/s],
    ['another host', [loader, '--host', 'elsewhere', '--data', data], /it is on ws-lab/],
    ['a mere ancestor', [entityId(800), '--data', data], /list it as an ancestor/],
    [
      'data without entity ids',
      ['x', '--data', join(place, 'pids.ndjson')],
      /cannot tell: none of 2 events carries process\.entity_id.*--pid/s,
    ],
    [
      'data without processes',
      ['x', '--data', join(place, 'none.ndjson')],
      /cannot tell: none of 1 event carries process\.entity_id/,
    ],
    ['no name', ['--data', data], /which process\?/],
    ['a pid of no host', ['--pid', '77', '--data', data], /a pid is of one host/],
    ['a pattern that is more', [loader, '--index-pattern', 'a" | LIMIT 1', '--data', data], /expected a pattern/],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await harrier(['pivot', ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });
});

describe('pivot by number', () => {
  const old = join(place, 'pids.ndjson');

  it('takes what there is, and says that it may be several', async () => {
    const { entity_id, process, tree, notes } = await told(['--pid', '77', '--host', 'old-box', '--data', old]);
    expect([entity_id, process.executables]).toEqual([null, ['/opt/tool1', '/opt/tool2']]);
    expect(tree).toMatchObject({ name: 'init', children: [{ pid: 77, is_focus: true }] });
    expect(notes).toEqual([expect.stringContaining('by pid 77 alone'), expect.stringContaining('--from and --to')]);
  });

  it('one process, in a time', async () => {
    const time = ['--from', '2026-03-10T01:30:00Z', '--to', '2026-03-10T03:00:00Z'];
    const { process, notes } = await told(['--pid', '77', '--host', 'old-box', ...time, '--data', old]);
    expect([process.name, notes.length]).toEqual(['tool2', 1]);
  });

  it('leads to the entity id where there is one', async () => {
    expect((await told(['--pid', '1200', '--host', host.id, '--data', data])).entity_id).toBe(loader);
  });
});

describe('pivot elsewhere', async () => {
  const store = join(temporaryFolder(), 'store');
  await harrier(['ingest', data, '--store', store]);
  const onFiles = (await harrier(['pivot', loader, '--data', data, '-f', 'json'])).stdout;

  it('a store answers the same', async () => {
    expect((await harrier(['pivot', loader, '--store', store, '-f', 'json'])).stdout).toBe(onFiles);
  });

  it('a cluster answers the same, with parameters', async () => {
    const server = await startServer({ folder: store });
    const { stdout } = await harrier([
      'pivot',
      loader,
      '--engine',
      'elasticsearch',
      '--url',
      await server.listen(),
      '-f',
      'json',
    ]);
    expect(stdout).toBe(onFiles);
  });
});

describe('treesOfEntities', () => {
  it('gives the trees of several processes in as many questions as generations', async () => {
    const fields = 'FROM * | LIMIT 1';
    const source = { kind: 'files', data: [data], cache: false, strict: false, copies: false } as const;
    const events = { source, now: null, maxRows: null, outputs: [] };
    const session = await openSession({ events, queries: [fields] }, silent, new AbortController().signal);
    let questions = 0;
    const { engine } = session;
    const counting: Engine = {
      name: engine.name,
      parallel: engine.parallel,
      catalogue: engine.catalogue,
      statement: (...args) => engine.statement(...args),
      hasPlaces: (scan) => engine.hasPlaces(scan),
      takes: (plan) => engine.takes(plan),
      run: (...args) => engine.run(...args),
      materialise: (...args) => engine.materialise(...args),
      query: (...args: Parameters<Engine['query']>) => {
        questions++;
        return engine.query(...args);
      },
      close: () => engine.close(),
    };
    const ids = [loader, entityId(2003), 'nobody'];
    const trees = await treesOfEntities(ids, counting, { depth: 5, children: 2, pattern: '*', now: session.now });
    await engine.close();
    expect([...trees.keys()]).toEqual([loader, entityId(2003)]);
    expect(trees.get(loader)).toMatchObject({ entityId: entityId(800), isFocus: false });
    expect(trees.get(loader)).not.toHaveProperty('moreAncestors');
    expect(questions).toBeLessThanOrEqual(4);
  });
});
