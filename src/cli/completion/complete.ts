import type { Command, Option } from 'commander';
import { huntFiles, slugOf } from '../../hunts/library.ts';
import { visible } from '../../values/visible.ts';
import { libraryFolders } from '../library.ts';

export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/** What may stand at the end of a command line, and what the shell itself should offer there. */
export interface Completion {
  readonly shellOffers: 'files' | 'folders' | 'none';
  readonly candidates: readonly Candidate[];
}

/** Completes the last of the words behind `harrier`, which may be empty. What it says is read off the commands. */
export async function complete(program: Command, typed: readonly string[]): Promise<Completion> {
  const words = joined(typed);
  const { command, positionals, awaiting, onlyPositionals, libraries, config } = follow(program, words.slice(0, -1));
  const current = unquoted(words.at(-1) ?? '');
  if (awaiting) return startingWith(current, forPlaceholder(placeholderOf(awaiting), awaiting.argChoices));
  const assigned = onlyPositionals ? null : /^(--[^=]+)=(.*)$/s.exec(current);
  if (assigned) {
    const option = optionOf(command, assigned[1]!);
    if (!option) return { shellOffers: 'none', candidates: [] };
    return startingWith(assigned[2]!, forPlaceholder(placeholderOf(option), option.argChoices));
  }
  if (!onlyPositionals && current.startsWith('-'))
    return startingWith(current, { shellOffers: 'none', candidates: optionsOf(command) });
  const { registeredArguments } = command;
  const last = registeredArguments.at(-1);
  const argument = registeredArguments[positionals] ?? (last?.variadic ? last : undefined);
  const own = argument
    ? forPlaceholder(argument.name(), argument.argChoices)
    : { shellOffers: 'none' as const, candidates: [] };
  const hunts =
    argument && /hunt/.test(argument.name()) && !current.includes('/') ? await huntNames(libraries, config) : [];
  const isMapping = argument?.name() === 'name' && command.parent?.name() === 'mapping';
  const mappings = isMapping ? await mappingNames() : [];
  const subcommands = positionals === 0 && !onlyPositionals ? subcommandsOf(command) : [];
  return startingWith(current, { ...own, candidates: [...subcommands, ...own.candidates, ...hunts, ...mappings] });
}

/** The answer as the scripts read it: what the shell offers, then a value and a description a line. */
export function written({ shellOffers, candidates }: Completion): string {
  // A name that would break the line, or the shell's display, is not offered.
  const safe = candidates.filter(({ value }) => visible(value) === value);
  return [shellOffers, ...safe.map(({ value, description }) => `${value}\t${visible(description)}`)]
    .join('\n')
    .concat('\n');
}

interface Followed {
  readonly command: Command;
  /** Arguments so far. */
  readonly positionals: number;
  /** The option whose value comes next. */
  readonly awaiting: Option | null;
  /** `--` was there. */
  readonly onlyPositionals: boolean;
  readonly libraries: readonly string[];
  readonly config: string | undefined;
}

/** Goes down the commands along finished words. */
function follow(program: Command, words: readonly string[]): Followed {
  let command = program;
  let positionals = 0;
  let awaiting: Option | null = null;
  let onlyPositionals = false;
  const libraries: string[] = [];
  let config: string | undefined;
  const take = (option: Option, value: string): void => {
    if (option.long === '--library') libraries.push(unquoted(value));
    if (option.long === '--config') config = unquoted(value);
  };
  for (const word of words) {
    if (awaiting) {
      take(awaiting, word);
      awaiting = null;
    } else if (!onlyPositionals && word === '--') onlyPositionals = true;
    else if (!onlyPositionals && word.startsWith('-') && word !== '-') {
      const [flag, value] = word.split(/=(.*)/s);
      const option = optionOf(command, flag!);
      if (option && value !== undefined) take(option, value);
      else if (option?.required) awaiting = option;
    } else {
      const next = positionals === 0 ? command.commands.find((one) => one.name() === word) : undefined;
      if (next) command = next;
      else positionals++;
    }
  }
  return { command, positionals, awaiting, onlyPositionals, libraries, config };
}

const optionOf = (command: Command, flag: string): Option | undefined =>
  command.options.find(({ short, long }) => short === flag || long === flag);

const subcommandsOf = (command: Command): Candidate[] =>
  command
    .createHelp()
    .visibleCommands(command)
    .map((one) => ({ value: one.name(), description: one.description() }));

function optionsOf(command: Command): Candidate[] {
  const options = command.createHelp().visibleOptions(command);
  return options.flatMap(({ long, description }) => (long ? [{ value: long, description }] : []));
}

/** `file` of `--output <file>`: the kind of value determines what completes it. */
const placeholderOf = ({ flags }: Option): string => /<([^>]+)>/.exec(flags)?.[1] ?? '';

function forPlaceholder(placeholder: string, choices: readonly string[] | undefined): Completion {
  if (choices) return { shellOffers: 'none', candidates: choices.map((value) => ({ value, description: '' })) };
  if (/folder/.test(placeholder)) return { shellOffers: 'folders', candidates: [] };
  return { shellOffers: /file|glob|path|hunt|sample/.test(placeholder) ? 'files' : 'none', candidates: [] };
}

/** The names of the library's hunts; none where a library cannot be read, for a Tab is no place for errors. */
async function huntNames(library: readonly string[], config: string | undefined): Promise<Candidate[]> {
  try {
    const folders = await libraryFolders({ library, ...(config !== undefined && { config }) });
    const files = (await Promise.all(folders.map(huntFiles))).flat();
    return [...new Set(files.map(slugOf))].map((value) => ({ value, description: 'hunt' }));
  } catch {
    return [];
  }
}

/** The names of the shipped mappings. */
async function mappingNames(): Promise<Candidate[]> {
  const { shippedFiles } = await import('../../ecs/shipped-mappings.ts');
  const { mappings } = await shippedFiles();
  return mappings.map(({ name, title }) => ({ value: name, description: title ?? 'mapping' }));
}

const startingWith = (start: string, { shellOffers, candidates }: Completion): Completion => ({
  shellOffers,
  candidates: candidates.filter(({ value }) => value.startsWith(start)),
});

/** Bash takes `--format=json` for three words. */
function joined(words: readonly string[]): string[] {
  const whole: string[] = [];
  let open = false;
  for (const word of words) {
    const before = whole.at(-1);
    const assigns = word === '=' && before?.startsWith('--') === true;
    if (before !== undefined && (assigns || open)) whole[whole.length - 1] = before + word;
    else whole.push(word);
    open = assigns;
  }
  return whole;
}

/** A word as typed in bash, without the quotes around it. */
const unquoted = (word: string): string => word.replace(/^(["'])(.*?)\1?$/s, '$2');
