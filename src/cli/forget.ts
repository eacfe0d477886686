import type { Command } from 'commander';
import { InputError } from '../diagnostics/diagnostic.ts';
import type { GivenTimeSpan } from '../overrides/time-span.ts';
import type { Forgotten } from '../store/forget-older.ts';
import { formatDate } from '../values/date.ts';
import { count, humanBytes } from '../values/quantities.ts';
import { visible } from '../values/visible.ts';
import { timeSpan } from './amounts.ts';
import { collect } from './options.ts';
import { terminalObserver } from './terminal-observer.ts';

interface ForgetOptions {
  readonly store: string;
  readonly older?: GivenTimeSpan;
  readonly index: readonly string[];
  readonly dryRun: boolean;
}

export function addForget(program: Command, signal: AbortSignal): void {
  program
    .command('forget')
    .description('Delete events of a store that are older than a time span')
    .option('--older <span>', 'delete events whose @timestamp is older, such as 30d or 12h', timeSpan)
    .option('--index <pattern>', 'only in these indices (repeatable)', collect, [])
    .option('--dry-run', 'show what would be deleted, and delete nothing', false)
    .option('--store <folder>', 'the store; a server may have it', './harrier-store')
    .addHelpText(
      'after',
      `
Examples:
  $ harrier forget --older 90d --dry-run --store ./events
  $ harrier forget --older 30d --index 'logs-network.*' --store ./events`,
    )
    .action(async (options: ForgetOptions) => {
      await forget(options, signal);
    });
}

async function forget({ store, older, index, dryRun }: ForgetOptions, signal: AbortSignal): Promise<void> {
  if (older === undefined) throw new InputError('--older says which events go', 'for example --older 30d');
  const before = Date.now() - older.milliseconds;
  const indices = index.length === 0 ? '*' : index.join(',');
  const { forgetEvents } = await import('../app/upkeep.ts');
  const request = { before, indices, dryRun };
  const { forgotten, withoutTimes } = await forgetEvents(store, request, terminalObserver(), signal);
  for (const line of table(forgotten)) process.stdout.write(line);
  const events = forgotten.reduce((sum, one) => sum + one.events, 0);
  const found = count(events, 'event');
  process.stderr.write(
    `${dryRun ? `would delete ${found}` : `deleted ${found}`} from before ${formatDate(before)} in ${count(forgotten.length, 'index', 'indices')}\n`,
  );
  if (withoutTimes.length > 0)
    process.stderr.write(
      `note: not looked at, for they have no @timestamp of type date: ${visible(withoutTimes.join(', '))}\n`,
    );
}

function* table(forgotten: readonly Forgotten[]): Iterable<string> {
  if (forgotten.length === 0) return;
  const time = (millis: number | null): string => (millis === null ? '' : formatDate(millis));
  const rows = [
    ['index', 'events', 'oldest', 'newest', 'about'],
    ...forgotten.map(({ index, events, oldest, newest, bytes }) => [
      visible(index),
      events.toLocaleString('en'),
      ...[time(oldest), time(newest), humanBytes(bytes)],
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      column === 1 || column === 4 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
    );
    yield `${cells.join('  ').trimEnd()}\n`;
  }
}
