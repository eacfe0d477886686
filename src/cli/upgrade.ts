import type { Command } from 'commander';

export function addUpgrade(program: Command): void {
  program
    .command('upgrade')
    .description('Bring a store that an older version made forward to this one')
    .option('--store <folder>', 'the store', './harrier-store')
    .addHelpText(
      'after',
      `
A store is also brought forward when serve or ingest opens it. Older versions cannot read it afterwards: make a backup first.

Examples:
  $ harrier backup --store ./events --to ./events-before
  $ harrier upgrade --store ./events`,
    )
    .action(async ({ store }: { readonly store: string }) => {
      const { upgradeStore } = await import('../app/upkeep.ts');
      const { from, to } = await upgradeStore(store);
      process.stdout.write(
        from === to ? `the store has layout ${to} already\n` : `layout ${from} became layout ${to}\n`,
      );
    });
}
