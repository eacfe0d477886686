import { type Command, Option } from 'commander';
import type { Finding } from '../../hunts/lint/finding.ts';
import { attackOf } from '../attack.ts';
import { loadConfig } from '../config.ts';
import { addLibraryOptions, type LibraryOptions, libraryFolders } from '../library.ts';
import { addLists, type ListOptions, listsOf } from '../list-options.ts';
import { terminalObserver } from '../terminal-observer.ts';

interface LintOptions extends LibraryOptions, ListOptions {
  readonly format: 'text' | 'json' | 'sarif';
  readonly verbose: boolean;
}

export function addLint(hunts: Command, signal: AbortSignal): void {
  const command = hunts
    .command('lint')
    .description('Report errors in hunt files and what their queries may miss')
    .argument('[path...]', 'hunt files, folders, UUIDs or names from the library; the whole library when none is named')
    .addOption(new Option('-f, --format <name>', 'how to print').choices(['text', 'json', 'sarif']).default('text'))
    .option('--verbose', 'list each finding with its place, however many there are', false);
  addLists(addLibraryOptions(command))
    .addHelpText(
      'after',
      `
Examples:
  $ harrier hunts lint my-hunts/
  $ harrier hunts lint hunts/network
  $ harrier hunts lint odd-logins.toml --format json
  $ harrier hunts lint my-hunts/ --lookup iocs.csv
  $ harrier hunts lint hunts/ --format sarif > hunts.sarif

Exit codes: 0 no errors (warnings and advice or none), 1 errors, 2 there is nothing to look at`,
    )
    .action(async (paths: string[], options: LintOptions) => {
      process.exitCode = await lint(paths, options, signal);
    });
}

async function lint(paths: readonly string[], options: LintOptions, signal: AbortSignal): Promise<number> {
  const { lintHunts, lintRules } = await import('../../app/lint-hunts.ts');
  const config = await loadConfig(options.config);
  const library = await libraryFolders(options, config);
  const wanted = paths.length > 0 ? paths : library;
  const { listsAlone } = await import('../../app/session/lists.ts');
  const lists = await listsAlone(listsOf(options), terminalObserver(), signal);
  const { findings, files } = await lintHunts(wanted, await attackOf(config.attack), lists, library);
  for (const part of await written(findings, files, options, lintRules)) process.stdout.write(part);
  return findings.some(({ severity }) => severity === 'error') ? 1 : 0;
}

async function written(
  findings: readonly Finding[],
  files: number,
  { format, verbose }: LintOptions,
  rules: typeof import('../../app/lint-hunts.ts').lintRules,
): Promise<Iterable<string>> {
  if (format === 'sarif') {
    const [{ sarif }, { default: manifest }] = await Promise.all([
      import('../../report/sarif.ts'),
      import('../../../package.json', { with: { type: 'json' } }),
    ]);
    return sarif(findings, rules, manifest.version);
  }
  const [{ findingsJson, findingsText }, { usesColour }] = await Promise.all([
    import('../../report/findings.ts'),
    import('../output.ts'),
  ]);
  return format === 'json'
    ? findingsJson(findings)
    : findingsText(findings, files, { colour: usesColour(process.stdout), isVerbose: verbose });
}
