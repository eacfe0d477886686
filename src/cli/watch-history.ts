import pc from 'picocolors';
import { InputError } from '../diagnostics/diagnostic.ts';
import { grid } from '../report/table-grid.ts';
import type { Watch } from '../runs/watch/watch-config.ts';
import { readWatchState, type WatchRun } from '../runs/watch/watch-state.ts';
import { usesColour } from './output.ts';

/** Prints the runs of every watch, or of one; gives the exit code. */
export async function showHistory(
  watches: readonly Watch[],
  wanted: string | true,
  state: string,
  format: 'table' | 'json',
): Promise<number> {
  const shown = watches.filter(({ name }) => wanted === true || name === wanted);
  if (shown.length === 0)
    throw new InputError(`no watch is called ${wanted}`, `there are ${watches.map(({ name }) => name).join(', ')}`);
  const runs: (WatchRun & { watch: string })[] = [];
  for (const { name } of shown)
    runs.push(...(await readWatchState(state, name)).history.map((run) => ({ watch: name, ...run })));
  runs.sort((a, b) => (a.started < b.started ? -1 : 1));
  process.stdout.write(format === 'json' ? `${JSON.stringify(runs, null, 2)}\n` : listing(runs));
  return 0;
}

function listing(runs: readonly (WatchRun & { watch: string })[]): string {
  if (runs.length === 0) return 'no runs yet\n';
  const text = (name: string) => ({ name, type: 'keyword' as const });
  const whole = (name: string) => ({ name, type: 'integer' as const });
  const columns = [
    ...['watch', 'as of', 'started'].map(text),
    ...['seconds', 'rows', 'new', 'accepted', 'missed'].map(whole),
    text('outcome'),
  ];
  const values = runs.map((run) => {
    const sum = (of: (query: WatchRun['queries'][number]) => number): number =>
      run.queries.reduce((total, query) => total + of(query), 0);
    const failed = run.queries.filter(({ outcome }) => outcome === 'failed').length;
    const outcome = [
      run.error === null ? run.outcome : `${run.outcome}: ${run.error}`,
      ...(failed > 0 ? [`${failed} of ${run.queries.length} queries failed`] : []),
      ...(run.undelivered > 0 ? [`${run.undelivered} undelivered`] : []),
    ];
    return [
      ...[run.watch, run.scheduled, run.started, (run.tookMs / 1000).toFixed(1)],
      ...[sum(({ rows }) => rows), run.new, sum(({ hidden }) => hidden), run.missed],
      outcome.join(', '),
    ];
  });
  const width = process.stdout.isTTY ? process.stdout.columns : null;
  return [...grid({ columns, values }, width, pc.createColors(usesColour(process.stdout)))].join('');
}
