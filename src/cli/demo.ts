import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import pc from 'picocolors';
import { defaults } from '../demo/generate.ts';
import type { Truth, Verdict } from '../demo/truth.ts';
import { usesColour } from './output.ts';
import { terminalObserver } from './terminal-observer.ts';

interface DemoOptions {
  readonly hosts: number;
  readonly days: number;
  readonly events: number;
  readonly seed: number;
  readonly out: string;
}

export function addDemo(program: Command, signal: AbortSignal): void {
  program
    .command('demo')
    .description('Generate a sample fleet with planted intrusions and hunt for them')
    .option('--hosts <n>', 'machines in the fleet', whole, defaults.hosts)
    .option('--days <n>', 'days of events', whole, defaults.days)
    .option('--events <n>', 'network events, about', whole, defaults.events)
    .option('--seed <n>', 'another seed makes another fleet, the same seed the same', whole, defaults.seed)
    .option('--out <folder>', 'where the events go', join(tmpdir(), 'harrier-demo'))
    .addHelpText(
      'after',
      `
Examples:
  $ harrier demo
  $ harrier demo --hosts 20 --events 20000 --out fleet`,
    )
    .action(async (options: DemoOptions) => {
      process.exitCode = await demo(options, signal);
    });
}

function whole(value: string): number {
  if (!/^\d{1,12}$/.test(value)) throw new InvalidArgumentError('expected a whole number');
  return Number(value);
}

async function demo(options: DemoOptions, signal: AbortSignal): Promise<number> {
  const colours = pc.createColors(usesColour(process.stdout));
  const { huntInFleet } = await import('../app/demo.ts');
  const report = await huntInFleet({ ...options, end: defaults.end }, terminalObserver(), signal);
  const { truth, verdicts, hunts, elapsed } = report;
  const seconds = (elapsed / 1000).toFixed(2);
  const events = report.events.toLocaleString('en');
  process.stdout.write(`${hunts} hunts over ${events} events in ${seconds} s, as of ${truth.now}\n\n`);
  for (const verdict of verdicts) process.stdout.write(verdictText(verdict, verdicts, colours));
  process.stdout.write(closing(verdicts, truth, options.out, colours));
  return report.passed ? 0 : 1;
}

type Colours = ReturnType<typeof pc.createColors>;

function verdictText(
  { hunt, query, found, missed, extra, unknown }: Verdict,
  all: readonly Verdict[],
  colours: Colours,
): string {
  const several = all.filter((other) => other.hunt.uuid === hunt.uuid).length > 1;
  const counts = unknown
    ? colours.dim('nothing planted for it')
    : [
        colours.green(`${found.length} found`),
        missed.length > 0 ? colours.red(`${missed.length} missed`) : '0 missed',
        extra.length > 0 ? colours.red(`${extra.length} extra`) : '0 extra',
      ].join(', ');
  const lines = [`${colours.bold(hunt.name)}${several ? `, query ${query + 1}` : ''}: ${counts}`];
  for (const row of found) lines.push(`  ${colours.green('✓')} ${row.host}: ${row.story}`);
  for (const row of missed) lines.push(`  ${colours.red('✗')} ${row.host}: ${row.story} (${row.values.join(', ')})`);
  for (const values of extra) lines.push(`  ${colours.red('+')} not planted: ${values.join(', ')}`);
  return `${lines.join('\n')}\n\n`;
}

function closing(verdicts: readonly Verdict[], truth: Truth, out: string, colours: Colours): string {
  const sum = (pick: (verdict: Verdict) => readonly unknown[]): number =>
    verdicts.reduce((total, verdict) => total + pick(verdict).length, 0);
  const missed = sum((verdict) => verdict.missed);
  const extra = sum((verdict) => verdict.extra);
  const all = `${sum((verdict) => verdict.found)} planted behaviours found, ${missed} missed, ${extra} extra; ${truth.nearMisses.length} near misses left alone`;
  return `${missed + extra === 0 ? colours.green(all) : colours.red(all)}
The events are in ${out}, and truth.json lists what was planted. Try a hunt of your own on them:
  harrier run HUNT --data '${join(out, '*.ndjson')}' --now ${truth.now}
`;
}
