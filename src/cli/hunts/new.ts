import { type Command, InvalidArgumentError, Option } from 'commander';
import { InputError } from '../../diagnostics/diagnostic.ts';

interface NewOptions {
  readonly platform?: 'windows' | 'linux' | 'macos';
  readonly technique: readonly string[];
  readonly author?: string;
  readonly output?: string;
  readonly force: boolean;
}

export function addNew(hunts: Command): void {
  hunts
    .command('new')
    .description('Create a hunt file that runs and passes lint, as a starting point')
    .argument('<name>', 'what it hunts for, in a line')
    .addOption(new Option('--platform <name>', 'what it hunts on').choices(['windows', 'linux', 'macos']))
    .option('--technique <id>', 'an ATT&CK technique, such as T1071.001 (repeatable)', technique, [])
    .option('--author <name>', 'who writes it')
    .option('-o, --output <file>', 'the file; - for standard output (default: the name, in lower case, with .toml)')
    .option('--force', 'overwrite the file', false)
    .addHelpText(
      'after',
      `
Examples:
  $ harrier hunts new 'Odd logins' --platform linux --technique T1078
  $ harrier hunts new 'Odd logins' --output hunts/identity/odd-logins.toml`,
    )
    .action(async (name: string, options: NewOptions) => {
      await create(name, options);
    });
}

async function create(name: string, { output, force, ...rest }: NewOptions): Promise<void> {
  const [{ huntSkeleton }, { huntFileName }, { writeFile }] = await Promise.all([
    import('../../hunts/skeleton.ts'),
    import('../../hunts/file-name.ts'),
    import('node:fs/promises'),
  ]);
  if (name.trim() === '') throw new InputError('the hunt needs a name');
  const text = huntSkeleton({ name: name.trim(), ...rest });
  if (output === '-') {
    process.stdout.write(text);
    return;
  }
  const file = output ?? huntFileName(name);
  try {
    await writeFile(file, text, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      throw new InputError(`${file} is there already`, 'overwrite it with --force, or give another --output');
    throw new InputError(`cannot write ${file}: ${(error as Error).message.replace(/, (?:open|write).*$/, '')}`);
  }
  process.stdout.write(`${file}\n`);
  process.stderr.write(`write its query and notes, then: harrier hunts lint ${file}\n`);
}

function technique(value: string, before: readonly string[]): string[] {
  if (!/^(?:AML\.)?T\d{4}(?:\.\d{3})?$/.test(value))
    throw new InvalidArgumentError('expected a technique such as T1071 or T1071.001');
  return [...before, value];
}
