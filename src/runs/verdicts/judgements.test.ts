import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../tests/support/temporary-folder.ts';
import type { CellValue, EsqlType, QueryResult } from '../../values/types.ts';
import { JudgedResult } from './judged-rows.ts';
import { type Judgement, subjectOf, type Verdict } from './judgement.ts';
import { Judgements } from './judgements.ts';
import { decodeJudgement, encodeJudgement } from './lines.ts';

const text = 'FROM logs-* | STATS bytes = SUM(source.bytes) BY process.name, destination.ip';
const hunt = { uuid: 'a1', name: 'Exfiltration' } as never;

const result = (names: string, ...values: CellValue[][]): QueryResult => ({
  columns: names.split(' ').map((one) => {
    const [name, type = 'keyword'] = one.split(':') as [string, EsqlType?];
    return { name, type };
  }),
  ...{ values, warnings: [], notes: [], tookMs: 1 },
});
const judged = (rows: QueryResult, own = text): Promise<JudgedResult> =>
  JudgedResult.of({ hunt, query: 0, text: own, result: rows });
const said = { by: 'j.doe', note: null, at: new Date('2026-11-01T12:00:00Z') };
const names = 'bytes:long process.name destination.ip:ip';
const [rclone, backup] = [
  [5_000_000_000n, 'rclone.exe', '192.0.2.1'],
  [9_007_199_254_740_993n, 'backup.exe', '192.0.2.2'],
];

describe('judgements', () => {
  it('outlive the run: another order of rows and columns changes nothing', async () => {
    const folder = temporaryFolder();
    const first = await judged(result(names, rclone!, backup!));
    await new Judgements(folder).append({ ...first.about(1), ...said, verdict: 'benign' });
    const later = await judged(
      result(
        'destination.ip:ip process.name bytes:long',
        ['192.0.2.2', 'backup.exe', 1n],
        ['192.0.2.1', 'rclone.exe', 2n],
      ),
    );
    const all = await new Judgements(folder).all();
    expect(later.at(0, all)?.judgement).toMatchObject({ verdict: 'benign', by: 'j.doe', hunt: 'a1', query: 0 });
    expect(later.at(1, all)).toBeNull();
  });

  it('say what the row was when it was judged', async () => {
    const folder = temporaryFolder();
    const before = await judged(result(names, rclone!, backup!));
    const judgements = new Judgements(folder);
    await judgements.append({ ...before.about(0), ...said, verdict: 'malicious' });
    await judgements.append({ ...before.about(1), ...said, verdict: 'benign' });
    const after = await judged(result(names, [7n, 'rclone.exe', '192.0.2.1'], backup!));
    const all = await judgements.all();
    expect(after.at(0, all)?.givenFor).toEqual({
      columns: [{ name: 'bytes', type: 'long' }],
      values: [5_000_000_000n],
    });
    // A number beyond 2^53 is what it was.
    expect(after.at(1, all)?.givenFor.columns).toEqual([]);
  });

  it('the last line about a group counts, and one without a verdict takes it back', async () => {
    const folder = temporaryFolder();
    const rows = await judged(result(names, rclone!));
    const [judgements, reader] = [new Judgements(folder), new Judgements(folder)];
    const verdictOf = async (): Promise<Verdict | null | undefined> =>
      rows.at(0, await reader.all())?.judgement.verdict;
    expect(await verdictOf()).toBeUndefined();
    for (const verdict of ['benign', 'malicious', null, 'cannot tell'] as const) {
      await judgements.append({ ...rows.about(0), ...said, verdict });
      expect(await verdictOf()).toBe(verdict ?? undefined);
    }
    expect((await readFile(join(folder, 'judgements.jsonl'), 'utf8')).trim().split('\n')).toHaveLength(4);
    expect((await stat(join(folder, 'judgements.jsonl'))).mode & 0o777).toBe(0o600);
  });

  it('half a line loses itself alone', async () => {
    const folder = temporaryFolder();
    const rows = await judged(result(names, rclone!, backup!));
    const judgements = new Judgements(folder);
    await judgements.append({ ...rows.about(0), ...said, verdict: 'benign' });
    await appendFile(join(folder, 'judgements.jsonl'), '{"at":"2026-11-01T12:00:00Z","by":"j.d');
    expect((await judgements.all()).size).toBe(1);
    await judgements.append({ ...rows.about(1), ...said, verdict: 'malicious' });
    expect((await judgements.all()).size).toBe(2);
    expect((await new Judgements(folder).all()).size).toBe(2);
  });

  it('two processes that append at once lose nothing', async () => {
    const folder = temporaryFolder();
    const each = 150;
    const bundle = join(folder, 'judgements.mjs');
    const entry = fileURLToPath(new URL('./judgements.ts', import.meta.url));
    await build({ entryPoints: [entry], outfile: bundle, bundle: true, format: 'esm', platform: 'node' });
    const writer = join(folder, 'writer.mjs');
    await writeFile(
      writer,
      `import { Judgements } from './judgements.mjs';
       const [, , folder, by] = process.argv;
       const judgements = new Judgements(folder);
       const cells = (name, value) => ({ columns: [{ name, type: 'keyword' }], values: [value] });
       const rest = cells('r', 'x'.repeat(3000));
       for (let i = 0; i < ${each}; i++)
         await judgements.append({
           at: new Date(), by, hunt: 'h', query: 0, key: cells('k', by + i), rest, verdict: 'benign', note: null, text: 't',
         });`,
    );
    const write = async (by: string): Promise<void> => {
      const child = spawn(process.execPath, [writer, folder, by], { stdio: ['ignore', 'inherit', 'inherit'] });
      const [code] = await once(child, 'exit');
      expect(code).toBe(0);
    };
    await Promise.all([write('a'), write('b')]);
    const all = await new Judgements(folder).all();
    expect(all.size).toBe(2 * each);
  });

  it('a line gives back what was written', () => {
    const cell = fc.oneof(fc.constant(null), fc.string({ unit: 'binary' }), fc.array(fc.string(), { minLength: 2 }));
    const cells = fc.array(fc.tuple(fc.string(), cell), { maxLength: 3 }).map((all) => ({
      columns: all.map(([name]) => ({ name, type: 'keyword' as const })),
      values: all.map(([, value]) => value),
    }));
    fc.assert(
      fc.property(cells, cells, fc.string({ unit: 'binary' }), (key, rest, note) => {
        const judgement: Judgement = {
          ...said,
          hunt: null,
          query: 3,
          key,
          rest,
          verdict: 'suspicious',
          note,
          text: 'd',
        };
        const line = encodeJudgement(judgement);
        expect(line).not.toContain('\n');
        expect(decodeJudgement(line)).toEqual(judgement);
        expect(subjectOf(decodeJudgement(line)!)).toBe(subjectOf(judgement));
      }),
    );
  });
});
