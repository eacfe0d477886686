import type { Command } from 'commander';
import { addDerive } from './derive.ts';
import { addKnobs } from './knobs.ts';

export function addHunts(program: Command): void {
  const hunts = program.command('hunts').description('find, read, check and derive hunts');
  addKnobs(hunts);
  addDerive(hunts);
}
