import { expect, it } from 'vitest';
import type { DataOptions } from './options.ts';
import { optionsOf, requestOf } from './run-request.ts';

const options: DataOptions = {
  ...{ data: ['export/**/*.ndjson', '/x/*.json', 'src'], cache: false, strict: true, maxRows: 'all', insecure: true },
  ...{ mapping: ['/m.yml'], timeField: 'ts' },
  ...{ engine: 'duckdb', now: new Date('2026-03-10T12:00:00Z'), index: 'i' },
};
const cluster: DataOptions = {
  ...{ data: [], cache: true, strict: false, maxRows: 1000, insecure: false, engine: 'elasticsearch' },
  ...{ url: 'https://me:secret@c.example:9200/path?key=secret', apiKey: 'secret' },
};

it('what is kept of a run holds no secret, and means the same in any folder', () => {
  expect(JSON.stringify(requestOf(['h'], cluster))).not.toContain('secret');
  expect(requestOf(['h'], cluster).url).toBe('https://c.example:9200/path');
  const cwd = process.cwd();
  expect(requestOf(['h'], options)).toMatchObject({
    data: [`${cwd}/export/**/*.ndjson`, '/x/*.json', `${cwd}/src`],
    now: '2026-03-10T12:00:00.000Z',
  });
});

it('is asked again with the same options, but for those that are given', () => {
  const request = requestOf(['h'], { ...options, data: ['/a'] });
  expect(optionsOf(request, {})).toEqual({ ...options, data: ['/a'], cache: true });
  const elsewhere = optionsOf(request, { store: '/s', now: 'latest' });
  expect(elsewhere).toMatchObject({ data: [], store: '/s', now: 'latest' });
  // What is about reading files is of no use over a store.
  expect([elsewhere.mapping, elsewhere.timeField]).toEqual([undefined, undefined]);
  const stored = requestOf(['h'], { ...options, data: [], store: '/s' });
  expect(optionsOf(stored, { data: ['/b'] })).toMatchObject({ data: ['/b'] });
  expect(optionsOf(stored, { data: ['/b'] }).store).toBeUndefined();
  expect(optionsOf(requestOf(['h'], cluster), { apiKey: 'other' })).toMatchObject({ apiKey: 'other', maxRows: 1000 });
});

it('says where the events are in one way alone, whatever was saved', () => {
  const ofFiles = requestOf(['h'], { ...options, data: ['/a'] });
  const ofStore = requestOf(['h'], { ...options, data: [], store: '/s' });
  const ofCluster = requestOf(['h'], cluster);
  const url = 'https://other.example';
  const places: readonly [Partial<DataOptions>, object][] = [
    [
      { engine: 'elasticsearch', url },
      { engine: 'elasticsearch', data: [], url },
    ],
    [{ url }, { engine: 'elasticsearch', data: [], url }],
    [{ data: ['/b'] }, { engine: 'duckdb', data: ['/b'] }],
    [{ store: '/t' }, { engine: 'duckdb', data: [], store: '/t' }],
  ];
  for (const saved of [ofFiles, ofStore, ofCluster])
    for (const [given, expected] of places) {
      const asked = optionsOf(saved, given);
      expect(asked).toMatchObject(expected);
      expect([asked.data.length > 0, asked.store, asked.url].filter(Boolean)).toHaveLength(1);
      if (asked.engine === 'elasticsearch')
        expect([asked.index, asked.mapping, asked.timeField, asked.strict]).toEqual([
          undefined,
          undefined,
          undefined,
          false,
        ]);
    }
});
