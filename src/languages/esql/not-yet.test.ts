import { expect, it } from 'vitest';
import { findFunction } from '../../functions/table.ts';
import { definitions } from './commands/table.ts';
import { commandsNotYet, functionsNotYet } from './not-yet.ts';

it('names nothing that there is', () => {
  expect([...functionsNotYet.keys()].filter((name) => findFunction(name))).toEqual([]);
  expect([...commandsNotYet.keys()].filter((name) => definitions.some(({ keyword }) => keyword === name))).toEqual([]);
});
