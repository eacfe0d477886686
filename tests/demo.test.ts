import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { harrier } from './support/command.ts';
import { hasShared, shared } from './support/shared.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const hash = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

describe('the sample fleet', () => {
  it.each([
    [1, []],
    [7, ['--hosts', '41', '--days', '2']],
    [99, ['--hosts', '23', '--days', '1', '--events', '30000']],
  ])('seed %i: our hunts find what is planted, and nothing else', async (seed, more) => {
    const out = temporaryFolder();
    const { code, stdout } = await harrier([
      'demo',
      '--hosts',
      '20',
      '--events',
      '20000',
      ...more,
      '--seed',
      String(seed),
      '--out',
      out,
    ]);
    expect(stdout).toContain('19 planted behaviours found, 0 missed, 0 extra; 18 near misses left alone');
    expect(code).toBe(0);
  });

  it('is the same for the same seed', async () => {
    const [one, two] = [temporaryFolder(), temporaryFolder()];
    for (const out of [one, two])
      await harrier(['demo', '--hosts', '20', '--events', '20000', '--seed', '3', '--out', out]);
    for (const name of ['network.ndjson', 'process.ndjson', 'truth.json'])
      expect(hash(join(one, name))).toBe(hash(join(two, name)));
  });

  it('says when it is asked for too little', async () => {
    const { code, stderr } = await harrier(['demo', '--hosts', '2', '--out', temporaryFolder()]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('the least is 20')]);
  });

  it.skipIf(!hasShared)('holds what each seed hunt must find', async () => {
    const out = temporaryFolder();
    await harrier(['demo', '--hosts', '30', '--events', '20000', '--seed', '5', '--out', out]);
    const truth = JSON.parse(readFileSync(join(out, 'truth.json'), 'utf8'));
    const { stdout } = await harrier([
      'run',
      shared('seeds'),
      '--data',
      join(out, '*.ndjson'),
      '--now',
      truth.now,
      '--format',
      'json',
    ]);
    const { results } = JSON.parse(stdout);
    expect(results).toHaveLength(6);
    for (const { hunt, query, columns, values } of results) {
      const expected = truth.expectations.find(
        (candidate: { uuid: string; query: number }) => candidate.uuid === hunt.uuid && candidate.query === query,
      );
      const places = expected.keys.map((key: string) =>
        columns.findIndex((column: { name: string }) => column.name === key),
      );
      const found = values.map((row: unknown[]) => places.map((at: number) => row[at]).join(' ')).sort();
      expect(found).toEqual(expected.rows.map((row: { values: string[] }) => row.values.join(' ')).sort());
    }
  });
});
