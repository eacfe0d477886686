import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../tests/support/temporary-folder.ts';
import { decodeRun, encodeRun, type SavedRun } from './saved-run.ts';
import { SavedRuns } from './saved-runs.ts';
import { stateFolder } from './state-folder.ts';

const run: SavedRun = {
  name: 'monday',
  saved: new Date('2026-03-10T13:00:00Z'),
  harrier: '0.0.0',
  request: {
    ...{ hunts: ['h'], data: ['/d'], store: null, index: null, now: 'latest', maxRows: null, strict: false },
    ...{ engine: 'duckdb', url: null, ca: null, insecure: false },
  },
  now: new Date('2026-03-10T12:00:00Z'),
  engine: 'duckdb',
  unread: null,
  results: [
    {
      ...{ hunt: null, query: 0, text: 'ROW 1', outcome: 'hits', error: null, notes: ['n'] },
      ...{ coverage: null, hidden: [], drillDown: null, evidence: null },
      result: {
        columns: [
          { name: 'l', type: 'long' },
          { name: 'd', type: 'double' },
          { name: 'k', type: 'keyword' },
          { name: 'b', type: 'boolean' },
          { name: 's', type: '_source' },
        ],
        values: [
          [9223372036854775807n, -0, '9007199254740993', true, '{"a":9007199254740993}'],
          [[1n, -9007199254740993n], 0.1 + 0.2, ['a', 'b\u0000'], null, null],
          [null, Number.MAX_VALUE, null, [true, false], null],
        ],
        warnings: ['w'],
        notes: [],
        tookMs: 3,
      },
    },
  ],
};

describe('saved runs', () => {
  it('come back exactly', () => {
    expect(decodeRun(encodeRun(run), 'f')).toEqual(run);
  });
  it('of another version, or broken, are not read', () => {
    expect(() => decodeRun('{"version":2}', 'f.json')).toThrow('f.json has version 2');
    expect(() => decodeRun('{"versi', 'f.json')).toThrow('f.json is no saved run');
  });
  it('are listed, replaced only when that is asked for, and deleted', async () => {
    const state = temporaryFolder();
    const runs = new SavedRuns(state);
    expect(await runs.names()).toEqual([]);
    await runs.save(run);
    expect([await runs.names(), readdirSync(join(state, 'runs'))]).toEqual([['monday'], ['monday.json']]);
    expect(await runs.read('monday')).toEqual(run);
    expect(() => runs.checkFree('monday', false)).toThrow('saved as monday already');
    runs.checkFree('monday', true);
    await expect(runs.read('mondya')).rejects.toMatchObject({ hint: 'did you mean monday?' });
    await runs.delete('monday');
    expect(await runs.names()).toEqual([]);
  });
  it('names lead nowhere else', async () => {
    const runs = new SavedRuns('/nowhere');
    for (const name of ['../x', '.x', 'a/b', '', '-x', 'a\0'])
      await expect(runs.read(name)).rejects.toThrow('cannot be the name');
  });
  it('reports a folder that cannot be written', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    await expect(new SavedRuns(file).save(run)).rejects.toThrow(/cannot (?:make|write)/);
  });
});

it('state is kept where it is said, or where the system has it', () => {
  expect(stateFolder('s', { HARRIER_STATE: 'e' })).toBe('s');
  expect(stateFolder(undefined, { HARRIER_STATE: 'e', XDG_STATE_HOME: '/x' })).toBe('e');
  expect(stateFolder(undefined, { XDG_STATE_HOME: '/x' })).toBe('/x/harrier');
});
