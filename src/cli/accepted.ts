import { type Command, Option } from 'commander';
import pc from 'picocolors';
import { resultRows } from '../report/result-rows.ts';
import { conditionText } from '../runs/accepted/append-entry.ts';
import { type AcceptedList, type Condition, endOf, type PlacedEntry } from '../runs/accepted/entry.ts';
import { readAccepted } from '../runs/accepted/read-file.ts';
import { count } from '../values/quantities.ts';
import { allowListFile } from './allow-list.ts';
import { usesColour } from './output.ts';

interface AcceptedOptions {
  readonly accepted?: string;
  readonly config?: string;
  readonly format: 'table' | 'json';
}

export function addAccepted(program: Command): void {
  program
    .command('accepted')
    .description('List the entries of the allow-list and when they expire')
    .option('--accepted <file>', 'the allow-list (default: accepted.toml beside harrier.toml, or here)')
    .option('--config <file>', 'settings, instead of the nearest harrier.toml here or above')
    .addOption(new Option('-f, --format <name>', 'how to print').choices(['table', 'json']).default('table'))
    .addHelpText(
      'after',
      `
Examples:
  $ harrier accepted
  $ harrier accepted --accepted team/accepted.toml --format json`,
    )
    .action(async (options: AcceptedOptions) => {
      const list = await readAccepted(await allowListFile(options));
      process.stdout.write(options.format === 'json' ? json(list) : listing(list));
    });
}

const day = 86_400_000;

/** How long an entry still holds, in words and in days. */
function holds(entry: PlacedEntry): { words: string; days: number | null } {
  const end = endOf(entry);
  if (end === null) return { words: 'for good', days: null };
  const days = (end - Date.now()) / day;
  if (days <= 0) return { words: `expired ${entry.expires}`, days: 0 };
  return { words: days < 1 ? 'less than a day' : count(Math.floor(days), 'day'), days: Math.floor(days) };
}

function listing({ file, entries }: AcceptedList): string {
  if (entries.length === 0) return `${file} accepts nothing: harrier accept adds to it\n`;
  const colours = pc.createColors(usesColour(process.stdout));
  const columns = ['id', 'holds', 'hunt', 'query', 'when', 'reason', 'owner', 'created'].map((name) => ({
    name,
    type: 'keyword' as const,
  }));
  const values = entries.map((entry) => [
    entry.id,
    holds(entry).words,
    entry.hunt === '*' ? 'every hunt' : entry.hunt,
    entry.query === null ? null : String(entry.query),
    whenText(entry),
    ...[entry.reason, entry.owner, entry.created],
  ]);
  const expired = entries.filter((entry) => holds(entry).days === 0).length;
  const width = process.stdout.isTTY ? process.stdout.columns : null;
  const total = `${count(entries.length, 'entry', 'entries')} in ${file}${expired > 0 ? `, ${expired} expired` : ''}`;
  return `${[...resultRows({ columns, values }, { width, layout: 'auto' }, colours)].join('')}${total}\n`;
}

const whenText = ({ conditions }: PlacedEntry): string =>
  [...conditions].map(([column, condition]) => `${column} = ${conditionText(condition)}`).join(' and ');

function json({ entries }: AcceptedList): string {
  const described = entries.map((entry) => {
    const { days } = holds(entry);
    const when = Object.fromEntries([...entry.conditions].map(([column, condition]) => [column, plain(condition)]));
    return { ...entry, conditions: undefined, when, expired: days === 0, days_left: days };
  });
  return `${JSON.stringify(described, null, 2)}\n`;
}

/** A condition as the file has it, in JSON. */
function plain(condition: Condition): unknown {
  if (condition.kind === 'null') return { null: true };
  const terms = condition.terms.map((term) => {
    if (term.kind === 'pattern') return term.text;
    return { is: typeof term.value === 'bigint' ? String(term.value) : term.value };
  });
  return terms.length === 1 ? terms[0] : terms;
}
