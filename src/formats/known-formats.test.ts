import { expect, it } from 'vitest';
import { knownFormats } from './known-formats.ts';

it('says of every format how it is recognised', () => {
  expect(knownFormats.filter(({ recognised }) => recognised === 'its content')).toEqual([]);
  expect(new Set(knownFormats.map(({ name }) => name)).size).toBe(knownFormats.length);
});
