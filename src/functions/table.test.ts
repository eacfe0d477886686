import { expect, it } from 'vitest';
import { functionNames, functions, operators, scalarNamed } from './table.ts';

it('gives each name and alias to one function', () => {
  const names = functions.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  expect(new Set(names).size).toBe(names.length);
  expect(functionNames).toEqual(names.map((name) => name.toLowerCase()));
});

it('keeps operators from being called', () => {
  for (const { name } of operators) {
    expect(functionNames).not.toContain(name.toLowerCase());
    expect(scalarNamed(name).name).toBe(name);
  }
});
