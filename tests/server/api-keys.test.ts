import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ApiKey, ApiKeys, allows } from '../../src/server/api-keys.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const keyOf = (indices: readonly string[]): ApiKey => ({
  id: 'i',
  name: 'n',
  scopes: ['read'],
  indices,
  created: '',
  hash: '',
});

describe('index patterns of keys', () => {
  it.each<[patterns: string, index: string | null, boolean]>([
    ['*', 'secret-1', true],
    ['*,-secret*', 'secret-1', false],
    ['*,-secret*', 'open', true],
    ['*,-secret*', null, false],
    ['*,-secret*', '*', false],
    ['*,-secret*', 'open*', false],
    ['*,-secret*,secret-1', 'secret-1', true],
    ['logs-*', 'logs-a', true],
    ['logs-*', 'logs-a*', true],
    ['logs-*', 'log*', false],
    ['logs-*', null, false],
    ['logs', 'logs-a', false],
    ['*', null, true],
    ['constructor', 'toString', false],
  ])('%s and %s', (patterns, index, expected) => {
    expect(allows(keyOf(patterns.split(',')), 'read', index)).toBe(expected);
    expect(allows(keyOf(patterns.split(',')), 'write', index)).toBe(false);
  });

  it.each([['-secret*'], ['-a', '*'], [], ['a b'], ['Logs-*'], ['a,b'], ['a', '-'], ['a', '--b'], ['']])(
    'refuses %s',
    async (...patterns) => {
      await expect(new ApiKeys(temporaryFolder()).create('x', ['read'], patterns)).rejects.toThrow(/pattern/);
    },
  );
});

describe('changes of keys', () => {
  it('loses none of those at the same time, and gives none back', async () => {
    const folder = temporaryFolder();
    const names = (prefix: string): string[] => Array.from({ length: 15 }, (_, i) => `${prefix}${i}`);
    for (const name of names('old')) await new ApiKeys(folder).create(name, ['read'], ['*']);
    await Promise.all([
      ...names('new').map((name) => new ApiKeys(folder).create(name, ['read'], ['*'])),
      ...names('old').map((name) => new ApiKeys(folder).revoke(name)),
    ]);
    const left = (await new ApiKeys(folder).list()).map(({ name }) => name);
    expect(left.sort()).toEqual(names('new').sort());
    expect(readdirSync(folder)).toEqual(['keys.json']);
  });

  it('finishes one that a killed process left half done', async () => {
    const folder = temporaryFolder();
    const keys = new ApiKeys(folder);
    await keys.create('first', ['read'], ['*']);
    const { key } = await keys.create('second', ['read'], ['*']);
    const file = join(folder, 'keys.json');
    const document = JSON.parse(readFileSync(file, 'utf8'));
    // Revokes the first, and has come as far as its claim.
    writeFileSync(`${file}.${document.version + 1}`, JSON.stringify({ version: document.version + 1, keys: [key] }));
    await keys.create('third', ['read'], ['*']);
    expect((await keys.list()).map(({ name }) => name)).toEqual(['second', 'third']);
    expect(readdirSync(folder)).toEqual(['keys.json']);
  });

  it('takes no file for keys that holds something else', async () => {
    const folder = temporaryFolder();
    const wrong = { id: 'a', name: 'b', scopes: 'read', indices: '*', hash: 'x' };
    for (const text of ['', '[]', '{"keys":{}}', JSON.stringify({ keys: [wrong] }), 'null']) {
      writeFileSync(join(folder, 'keys.json'), text);
      await expect(new ApiKeys(folder).list()).rejects.toThrow('cannot read');
    }
  });
});
