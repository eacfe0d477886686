import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../tests/support/temporary-folder.ts';
import { formats } from '../../report/formats.ts';
import type { HuntResult } from '../../report/report.ts';
import { diffFormats } from '../diff-formats.ts';
import { diffRuns } from '../run-diff.ts';
import { judgeResults } from './judge-results.ts';
import { JudgedResult } from './judged-rows.ts';
import { Judgements } from './judgements.ts';

const resultOf = (...rows: [string, bigint][]): HuntResult => ({
  hunt: {
    ...{ uuid: 'a1', name: 'Exfiltration', file: 'x.toml', author: null, description: null, license: null },
    ...{ integration: [], language: [], notes: [], mitre: [], references: [] },
    queries: [{ text: 'FROM logs-*', line: 1 }],
  },
  ...{ query: 0, text: 'FROM logs-* | STATS n = COUNT(*) BY process.name', outcome: 'hits', error: null, notes: [] },
  ...{ coverage: null, hidden: [], drillDown: null, evidence: null },
  result: {
    columns: [
      { name: 'process.name', type: 'keyword' },
      { name: 'n', type: 'long' },
    ],
    ...{ values: rows, warnings: [], notes: [], tookMs: 1 },
  },
});
const now = new Date('2026-11-01T12:00:00Z');
const side = (results: readonly HuntResult[]) => ({ name: 'monday', now, results, unread: null });
const surface = { width: null, colour: false };

it('puts verdicts beside rows of differences and reports, with what they were given for', async () => {
  const before = resultOf(['rclone.exe', 1n], ['backup.exe', 5n], ['same.exe', 1n]);
  const judgements = new Judgements(temporaryFolder());
  const rows = await JudgedResult.of(before);
  const said = { at: now, by: 'j.doe' };
  await judgements.append({ ...rows.about(0), ...said, verdict: 'malicious', note: 'seen <b>before</b>' });
  await judgements.append({ ...rows.about(1), ...said, verdict: 'benign', note: null });
  const all = await judgements.all();
  const after = resultOf(['same.exe', 1n], ['rclone.exe', 7n], ['new.exe', 2n]);
  const [old, later] = await judgeResults([before, after], all);
  expect(later!.judgements).toMatchObject([null, { verdict: 'malicious', givenFor: 'n 1' }, null]);
  const diff = await diffRuns(side([old!]), side([later!]));
  const table = [...diffFormats.table(diff, surface)].join('');
  expect(table).toMatch(
    /~ changed +malicious \(given for n 1\) +j\.doe, 2026-11-01 12:00 UTC +seen <b>before<\/b> +rclone\.exe +1 → 7/,
  );
  expect(table).toMatch(/- gone +benign +j\.doe, 2026-11-01 12:00 UTC +backup\.exe +5/);
  const { results } = JSON.parse([...diffFormats.json(diff, surface)].join(''));
  expect(results[0].judged).toMatchObject([
    { row: ['backup.exe', 5], verdict: 'benign', by: 'j.doe' },
    { row: ['rclone.exe', 7], verdict: 'malicious', given_for: 'n 1' },
  ]);
  const report = {
    ...side([later!]),
    engine: 'duckdb',
    load: null,
    eventFacts: null,
    partial: false,
    provenance: null,
  };
  const html = [...(await formats.html())(report, surface, false)].join('');
  expect(html).toContain('malicious (given for n 1)');
  expect(html).toContain('seen &lt;b&gt;before&lt;/b&gt;');
});

it('leaves what nobody has judged as it was', async () => {
  const result = resultOf(['a.exe', 1n]);
  expect(await judgeResults([result], new Map())).toEqual([result]);
  const diff = await diffRuns(side([result]), side([resultOf(['b.exe', 1n])]));
  expect([...diffFormats.table(diff, surface)].join('')).not.toContain('verdict');
});
