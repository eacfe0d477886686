import { Command, Help, type Option } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { addAccept } from './accept.ts';
import { addAccepted } from './accepted.ts';
import { addBackfill } from './backfill.ts';
import { addBackup } from './backup.ts';
import { addCheck } from './check.ts';
import { addCompletion } from './completion/completion.ts';
import { addCoverage } from './coverage.ts';
import { addDemo } from './demo.ts';
import { addDiff } from './diff.ts';
import { addEvents } from './events.ts';
import { addExplain } from './explain.ts';
import { addForget } from './forget.ts';
import { addFormats } from './formats.ts';
import { addHunts } from './hunts/hunts.ts';
import { addIngest } from './ingest.ts';
import { addInspect } from './inspect.ts';
import { addJoin } from './join.ts';
import { addKeys } from './keys.ts';
import { addMapping } from './mapping/mapping.ts';
import { addPivot } from './pivot.ts';
import { addQuery } from './query.ts';
import { addRun } from './run.ts';
import { addRuns } from './runs.ts';
import { addServe } from './serve.ts';
import { addTune } from './tune.ts';
import { addUi } from './ui.ts';
import { addUpgrade } from './upgrade.ts';
import { addWatch } from './watch.ts';

/** What help says of an option: its description, and its default where that is a value. */
function describe(option: Option): string {
  const { defaultValue } = option;
  const isNothing = defaultValue === false || (Array.isArray(defaultValue) && defaultValue.length === 0);
  return new Help().optionDescription(
    isNothing ? Object.create(option, { defaultValue: { value: undefined } }) : option,
  );
}

/** The command line: every command with its options and help. `signal` aborts when the user interrupts. */
export function buildProgram(signal: AbortSignal): Command {
  const program = new Command('harrier')
    .description('Run ES|QL threat hunts unchanged on log files, with Elasticsearch’s own answers and no cluster.')
    .version(manifest.version)
    .showHelpAfterError('(see harrier --help)')
    // `(default: [])` and `(default: false)` say nothing.
    .configureHelp({ sortSubcommands: false, optionDescription: describe })
    .addHelpText(
      'after',
      `
Examples:
  $ harrier demo                                          hunts finding planted intrusions in a sample fleet
  $ harrier run hunts/network --data events.ndjson.gz     hunts over your own events
  $ harrier query 'FROM logs-* | LIMIT 5' --data logs/    any ES|QL query

Exit codes: 0 ran, 1 some hunt failed, 2 the command line or an input is unusable, 3 hits with --fail-on-hit,
70 a fault of Harrier's own, 130 interrupted`,
    );
  addDemo(program, signal);
  addRun(program, signal);
  addCoverage(program, signal);
  addUi(program, signal);
  addEvents(program, signal);
  addTune(program, signal);
  addBackfill(program, signal);
  addQuery(program, signal);
  addInspect(program, signal);
  addFormats(program, signal);
  addMapping(program, signal);
  addJoin(program, signal);
  addPivot(program, signal);
  addDiff(program, signal);
  addRuns(program);
  addAccept(program, signal);
  addAccepted(program);
  addExplain(program, signal);
  addCheck(program, signal);
  addHunts(program, signal);
  addIngest(program, signal);
  addServe(program, signal);
  addWatch(program, signal);
  addKeys(program);
  addForget(program, signal);
  addBackup(program, signal);
  addUpgrade(program);
  addCompletion(program);
  for (const command of [program, ...program.commands.flatMap((one) => [one, ...one.commands])]) command.exitOverride();
  return program;
}
