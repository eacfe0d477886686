import type { RunReport } from '../report/report.ts';
import { stateFolder } from '../runs/state-folder.ts';

/** A report with what was decided about its rows, where it is written for people to read at leisure. */
export async function withJudgements(
  report: RunReport,
  { format, state }: { readonly format?: string; readonly state?: string },
): Promise<RunReport> {
  if (format !== 'html' && format !== 'md') return report;
  const [{ Judgements }, { judgeResults }] = await Promise.all([
    import('../runs/verdicts/judgements.ts'),
    import('../runs/verdicts/judge-results.ts'),
  ]);
  const all = await new Judgements(stateFolder(state)).all();
  return { ...report, results: await judgeResults(report.results, all) };
}
