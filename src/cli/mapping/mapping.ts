import type { Command } from 'commander';
import { addList } from './list.ts';
import { addNew } from './new.ts';
import { addShow } from './show.ts';
import { addTest } from './test.ts';

/** The commands on mappings of raw logs to ECS. Each loads what it works with in its action. */
export function addMapping(program: Command, signal: AbortSignal): void {
  const mapping = program
    .command('mapping')
    .description('List, show, write and test mappings, which give raw logs the field names of ECS')
    .addHelpText(
      'after',
      `
Examples:
  $ harrier mapping list
  $ harrier mapping show sysmon
  $ harrier mapping new app.json --output app.yml
  $ harrier mapping test app.yml`,
    );
  addList(mapping, signal);
  addShow(mapping, signal);
  addNew(mapping, signal);
  addTest(mapping, signal);
}
