import { existsSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import { InputError } from '../diagnostics/diagnostic.ts';
import type { Scope } from '../server/api-keys.ts';

interface KeysOptions {
  readonly store: string;
}

interface CreateOptions extends KeysOptions {
  readonly read?: boolean;
  readonly write?: boolean;
  readonly indices: readonly string[];
}

export function addKeys(program: Command): void {
  const keys = program
    .command('keys')
    .description('Create, list and revoke API keys for the server')
    .addHelpText(
      'after',
      `
Examples:
  $ harrier keys create shipper --write --store ./events
  $ harrier keys list --store ./events`,
    );
  keys
    .command('create')
    .description('Create a key; it is shown once and stored only as a hash')
    .argument('<name>', 'what it is for')
    .option('--read', 'it may query')
    .option('--write', 'it may write events and change indices')
    .option(
      '--indices <pattern>',
      'index patterns it is good for, with commas between them; -pattern excludes',
      patterns,
      ['*'],
    )
    .option('--store <folder>', 'the store', './harrier-store')
    .addHelpText(
      'after',
      `
Examples:
  $ harrier keys create shipper --write --indices 'logs-*' --store ./events
  $ curl -H "Authorization: ApiKey $KEY" https://host:9200/_bulk …`,
    )
    .action(async (name: string, options: CreateOptions) => {
      const scopes: Scope[] = [
        ...(options.read ? ['read' as const] : []),
        ...(options.write ? ['write' as const] : []),
      ];
      if (scopes.length === 0) throw new InputError('a key must allow something', 'give --read, --write or both');
      const { encoded, key } = await (await open(options)).create(name, scopes, options.indices);
      process.stderr.write(`key ${key.id} for ${name}: ${scopes.join(' and ')} on ${options.indices.join(', ')}\n`);
      process.stdout.write(`${encoded}\n`);
    });
  keys
    .command('list')
    .description('List keys, without their secrets')
    .option('--store <folder>', 'the store', './harrier-store')
    .addHelpText(
      'after',
      `
Examples:
  $ harrier keys list --store ./events`,
    )
    .action(async (options: KeysOptions) => {
      const keys = await (await open(options)).list();
      if (keys.length === 0) process.stderr.write(`${options.store} has no keys: harrier keys create NAME makes one\n`);
      for (const { id, name, scopes, indices, created } of keys)
        process.stdout.write(`${id}  ${name}  ${scopes.join(',')}  ${indices.join(',')}  ${created}\n`);
    });
  keys
    .command('revoke')
    .description('Revoke a key; a running server refuses it from then on')
    .argument('<key>', 'its id or name')
    .option('--store <folder>', 'the store', './harrier-store')
    .addHelpText(
      'after',
      `
Examples:
  $ harrier keys revoke shipper --store ./events`,
    )
    .action(async (wanted: string, options: KeysOptions) => {
      const gone = await (await open(options)).revoke(wanted);
      if (gone.length === 0) throw new InputError(`no key is called ${wanted}`, 'see harrier keys list');
      for (const { id, name } of gone) process.stdout.write(`revoked ${id}  ${name}\n`);
    });
}

async function open({ store }: KeysOptions): Promise<import('../server/api-keys.ts').ApiKeys> {
  const { ApiKeys } = await import('../server/api-keys.ts');
  if (!existsSync(store)) {
    const { mkdir } = await import('node:fs/promises');
    await mkdir(store, { recursive: true, mode: 0o700 });
  }
  return new ApiKeys(store);
}

function patterns(value: string): string[] {
  const found = value.split(',').map((pattern) => pattern.trim());
  if (found.some((pattern) => pattern === ''))
    throw new InvalidArgumentError('expected index patterns such as logs-*,auth');
  return found;
}
