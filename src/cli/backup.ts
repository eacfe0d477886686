import type { Command } from 'commander';
import { count, humanBytes } from '../values/quantities.ts';
import { visible } from '../values/visible.ts';
import { terminalObserver } from './terminal-observer.ts';

interface BackupOptions {
  readonly store: string;
  readonly to: string;
}

export function addBackup(program: Command, signal: AbortSignal): void {
  program
    .command('backup')
    .description('Copy a store, also while a server writes to it; the copy is a store')
    .requiredOption('--to <folder>', 'a new or empty folder')
    .option('--store <folder>', 'the store; a server may have it', './harrier-store')
    .addHelpText(
      'after',
      `
The backup has every event that was acknowledged before it began, and the hashes of the API keys. It is read back and
verified before it gets its name. To restore it, name it: --store FOLDER.

Examples:
  $ harrier backup --store ./events --to ./backups/events-2026-03-10
  $ harrier serve --store ./backups/events-2026-03-10`,
    )
    .action(async ({ store, to }: BackupOptions) => {
      const { backupStore } = await import('../app/upkeep.ts');
      const began = performance.now();
      const { folder, indices, documents, bytes } = await backupStore(store, to, terminalObserver(), signal);
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      process.stdout.write(
        `${visible(folder)}: ${count(documents, 'event')} in ${count(indices, 'index', 'indices')}, ${humanBytes(bytes)}, in ${seconds} s\n`,
      );
    });
}
