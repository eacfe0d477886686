import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, it } from 'vitest';
import { files } from '../files/support.ts';
import { type Finished, harrier } from '../support/command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const events =
  '{"@timestamp":"2026-03-10T10:00:00Z","process":{"name":"<b>a</b>"},"data_stream":{"type":"logs","dataset":"x"}}\n';
const place = files({
  'events.ndjson': events,
  'hunt.toml': `[hunt]\nname = "Some hunt"\nmitre = ["T1071"]\nquery = ['''\nFROM logs-*\n| STATS n = COUNT(*) BY process.name\n''']\n`,
});
const out = temporaryFolder();
const report = join(out, 'report.html');
const layer = join(out, 'layer.json');
const args = [
  'run',
  join(place, 'hunt.toml'),
  '--data',
  join(place, '*.ndjson'),
  '--now',
  'latest',
  '--format',
  'html',
  '--output',
  report,
  '--navigator',
  layer,
];

let first: Finished;
beforeAll(async () => {
  first = await harrier(args);
});

it('writes one file with all there is to know of a run', () => {
  expect([first.code, first.stdout]).toEqual([0, '']);
  const text = readFileSync(report, 'utf8');
  expect(text).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
  expect(text).toContain('&lt;b&gt;a&lt;/b&gt;');
  expect(text).toContain(createHash('sha256').update(events).digest('hex'));
  expect(text).toContain('harrier run ');
  expect(text).not.toMatch(/(?:src|href)="(?!https:\/\/attack\.mitre\.org|data:|#)/);
});

it('writes a layer for the Navigator', () => {
  const { techniques } = JSON.parse(readFileSync(layer, 'utf8'));
  expect(techniques).toMatchObject([{ techniqueID: 'T1071', score: 100, comment: 'Some hunt: 1 hit' }]);
  expect(readdirSync(out).sort()).toEqual(['layer.json', 'report.html']);
});

it('overwrites neither without --force', async () => {
  const before = readFileSync(layer, 'utf8');
  const refused = await harrier([...args.slice(0, -4), '--navigator', layer]);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('layer.json is there already')]);
  expect(readFileSync(layer, 'utf8')).toBe(before);
  expect((await harrier([...args, '--force'])).code).toBe(0);
});

it('takes no file for both', async () => {
  const { code, stderr } = await harrier([...args.slice(0, -1), report, '--force']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('name the same file')]);
});

it('writes a query alone', async () => {
  const { code, stdout } = await harrier(['query', 'ROW a = "<i>", b = 1', '--format', 'html']);
  expect(code).toBe(0);
  expect(stdout).toContain('<h1>1 row</h1>');
  expect(stdout).not.toContain('<i>');
});

it('writes into a pipe and through a link, and replaces neither', async () => {
  const here = temporaryFolder();
  const [pipe, link, target] = ['pipe', 'link', 'target'].map((name) => join(here, name)) as [string, string, string];
  spawnSync('mkfifo', [pipe]);
  symlinkSync(target, link);
  const to = (file: string): string[] => [...args.slice(0, 6), '--format', 'csv', '--output', file];
  const reading = promisify(execFile)('cat', [pipe]);
  expect((await harrier(to(pipe))).code).toBe(0);
  expect((await reading).stdout).toContain('n,process.name');
  expect((await harrier(to(link))).code).toBe(0);
  expect(readFileSync(target, 'utf8')).toContain('n,process.name');
  expect([lstatSync(pipe).isFIFO(), lstatSync(link).isSymbolicLink()]).toEqual([true, true]);
});

it('says before it runs that there is nowhere to write to', async () => {
  const { code, stderr } = await harrier([...args.slice(0, 6), '--output', join(out, 'none', 'report.md')]);
  expect([code, stderr]).toEqual([2, expect.stringContaining('there is no folder')]);
});
