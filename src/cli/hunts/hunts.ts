import type { Command } from 'commander';
import { addDerive } from './derive.ts';
import { addDocs } from './docs.ts';
import { addLint } from './lint.ts';
import { addList } from './list.ts';
import { addNew } from './new.ts';
import { addSearch } from './search.ts';
import { addShow } from './show.ts';
import { addTest } from './test.ts';
import { addThresholds } from './thresholds.ts';

/** The commands on hunts as files. Each loads what it works with in its action, so that other commands start fast. */
export function addHunts(program: Command, signal: AbortSignal): void {
  const hunts = program
    .command('hunts')
    .description('List, search, show, write, check, test and derive hunts')
    .addHelpText(
      'after',
      `
Examples:
  $ harrier hunts                                         every hunt of the library
  $ harrier hunts search beacon --platform linux
  $ harrier hunts show exfiltration-by-volume-windows
  $ harrier hunts lint my-hunts/
  $ harrier hunts test my-hunts/`,
    );
  addList(hunts);
  addSearch(hunts);
  addShow(hunts);
  addNew(hunts);
  addThresholds(hunts);
  addDerive(hunts);
  addLint(hunts, signal);
  addTest(hunts, signal);
  addDocs(hunts);
}
