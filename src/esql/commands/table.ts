import type { CommandTable } from './command.ts';
import { evaluate } from './eval.ts';
import { from } from './from.ts';
import { drop, keep } from './keep.ts';
import { limit } from './limit.ts';
import { rename } from './rename.ts';
import { row } from './row.ts';
import { sort } from './sort.ts';
import { stats } from './stats.ts';
import { where } from './where.ts';

/** Every command of the language. */
export const commands: CommandTable = { from, row, where, eval: evaluate, keep, drop, rename, stats, sort, limit };
