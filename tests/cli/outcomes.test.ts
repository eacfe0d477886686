import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Finished, harrier } from '../support/command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/* "No hits" is only said where hits could have been: nothing was left unread that the hunt depends on. */

const event = (more: string): string =>
  `{"@timestamp":"2026-03-10T12:00:00Z","event":{"action":"start"},"process":{"name":"a.exe","pid":7},"source":{"ip":"10.0.0.1"}${more}}\n`;
const whole = event('') + event('');
const hunts = {
  'by-address': 'FROM * | WHERE source.ip == "192.0.2.1" | KEEP source.ip, process.name',
  'by-count': 'FROM * | STATS n = COUNT(*) BY source.ip | WHERE n > 99999',
  // It shows addresses, and does not depend on them.
  'by-name': 'FROM * | WHERE process.name == "b.exe" | KEEP process.name, source.ip',
};
type Name = keyof typeof hunts;
const all: readonly Name[] = ['by-address', 'by-count', 'by-name'];
const byAddress: readonly Name[] = ['by-address', 'by-count'];

/** What is in the logs, the hunts that then cannot tell, and why. */
const causes: readonly [string, Readonly<Record<string, string | Uint8Array>>, readonly Name[], RegExp][] = [
  [
    'nothing that a hunt depends on',
    {
      'a.ndjson': whole + event(',"tags":"a","tags":"b"') + event('').replace('7', '"x"'),
      'empty.json': '',
    },
    [],
    /^$/,
  ],
  [
    'a mistyped value',
    { 'a.ndjson': whole + event('').replace('10.0.0.1', 'not an ip') },
    byAddress,
    /^values that do not fit their field were left out: source\.ip \(1 event\)$/,
  ],
  [
    'a member that stands twice',
    { 'a.ndjson': whole + event('').replace('"a.exe"', '"a.exe","name":"b.exe"') },
    ['by-name'],
    /^only the first value was read of members that stand twice: process\.name \(1 event\)$/,
  ],
  [
    'an object that stands twice',
    { 'a.ndjson': whole + event(',"source":{"ip":"192.0.2.1"}') },
    byAddress,
    /^only the first value was read of members that stand twice: source \(1 event\)$/,
  ],
  ['a malformed line', { 'a.ndjson': `${whole}{"process":\n${whole}` }, all, /^1 line could not be read as an event$/],
  [
    'a file that ends early',
    { 'a.ndjson.gz': gzipSync(whole.repeat(2000)).subarray(0, -20) },
    all,
    /^1 file was read in part: a\.ndjson\.gz: its gzip data ends early/,
  ],
  [
    'a file of another kind',
    { 'a.ndjson': whole, 'places.db': 'SQLite format 3\0' },
    all,
    /^1 (?:of 2 files|file) was not read: 1 .*\(places\.db\)$/,
  ],
];

function folder(logs: Readonly<Record<string, string | Uint8Array>>): string {
  const place = temporaryFolder();
  for (const [name, text] of Object.entries(hunts)) {
    mkdirSync(join(place, 'hunts'), { recursive: true });
    writeFileSync(join(place, 'hunts', `${name}.md`), `# ${name}\n\n\`\`\`esql\n${text}\n\`\`\`\n`);
  }
  mkdirSync(join(place, 'logs'));
  for (const [name, content] of Object.entries(logs)) writeFileSync(join(place, 'logs', name), content);
  return place;
}

interface Judged {
  readonly hunt: { readonly name: Name };
  readonly outcome: string;
  readonly reasons: readonly string[];
}

async function outcomes(cwd: string, ...data: string[]): Promise<{ blind: Name[]; reasons: string[] }> {
  const { stdout } = await harrier(['run', 'hunts', ...data, '--format', 'json'], { cwd });
  const { results } = JSON.parse(stdout) as { results: Judged[] };
  expect(results.every(({ outcome }) => outcome === 'none' || outcome === 'cannot tell')).toBe(true);
  const blind = results.filter(({ outcome }) => outcome === 'cannot tell');
  return { blind: blind.map(({ hunt }) => hunt.name), reasons: [...new Set(blind.flatMap(({ reasons }) => reasons))] };
}

describe.each(causes)('over %s', (_, logs, blind, reason) => {
  const place = folder(logs);

  it('hunts in files say whether all was read that they depend on', async () => {
    const found = await outcomes(place, '--data', 'logs');
    expect(found.blind).toEqual(blind);
    expect(found.reasons.join('\n')).toMatch(reason);
  });

  it('hunts in a store say the same', async () => {
    const { code, stderr } = await harrier(['ingest', 'logs', '--store', 'st'], { cwd: place });
    expect([code, stderr]).toEqual([0, expect.anything()]);
    const found = await outcomes(place, '--store', 'st');
    expect(found.blind).toEqual(blind);
    expect(found.reasons.join('\n')).toMatch(reason);
  });
});

describe('in every format', () => {
  const place = folder({ 'a.ndjson': whole + event('').replace('10.0.0.1', 'not an ip') });
  const said = 'no hits in what was read: values that do not fit their field were left out: source.ip (1 event)';
  const run = (...more: string[]): Promise<Finished> => harrier([...more, '--data', 'logs'], { cwd: place });
  const plain = (text: string): string => text.replaceAll('\\', '').replaceAll(/<\/?code>/g, '');

  it.each(['table', 'md', 'html'])('%s has no plain "no hits"', async (format) => {
    const { stdout } = await run('run', 'hunts/by-address.md', '--format', format);
    expect(plain(stdout)).toContain(said);
    expect(stdout).not.toMatch(/no hits(?! in what was read)/i);
  });

  it.each(['csv', 'ndjson'])('%s has rows alone, and standard error says it', async (format) => {
    const { stderr } = await run('run', 'hunts/by-address.md', '--format', format);
    expect(stderr).toContain(said);
  });

  it('a query says it too', async () => {
    const { stdout } = await run('query', hunts['by-address']);
    expect(stdout).toContain(said);
    const answer = JSON.parse((await run('query', hunts['by-count'], '--format', 'json')).stdout);
    expect(answer).toMatchObject({ outcome: 'cannot tell', reasons: [said.replace('no hits in what was read: ', '')] });
    const other = JSON.parse((await run('query', hunts['by-name'], '--format', 'json')).stdout);
    expect(other).toMatchObject({ outcome: 'none', reasons: [] });
  });
});

it.each(['logs', 'logs/*'])(
  'a store forgets what it lacks once that is read, or gone from where %s looks',
  async (named) => {
    const place = folder({ 'a.ndjson': whole, 'b.ndjson': 'SQLite format 3\0', 'c.db': 'SQLite format 3\0' });
    const ingest = (): Promise<Finished> => harrier(['ingest', named, '--store', 'st'], { cwd: place });
    await ingest();
    expect((await outcomes(place, '--store', 'st')).reasons).toEqual([expect.stringMatching(/^2 files were not read/)]);
    writeFileSync(join(place, 'logs/b.ndjson'), event(',"n":1'));
    await ingest();
    expect((await outcomes(place, '--store', 'st')).reasons).toEqual([expect.stringContaining('(c.db)')]);
    rmSync(join(place, 'logs/c.db'));
    await ingest();
    expect((await outcomes(place, '--store', 'st')).blind).toEqual([]);
  },
);
