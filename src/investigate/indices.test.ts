import { describe, expect, it } from 'vitest';
import type { Field } from '../catalogue/catalogue.ts';
import { indicesOf, indicesOfProcesses, patternsOf, processStreams } from './indices.ts';

const catalogueOf = (carried: Readonly<Record<string, readonly string[]>>) => ({
  indices: Object.keys(carried).map((name) => ({ name, events: 1, firstTimestamp: null, lastTimestamp: null })),
  field: (name: string, indices?: readonly string[]): Field => {
    const isThere = (indices ?? Object.keys(carried)).some((index) => carried[index]?.includes(name));
    return { name, type: 'keyword', column: isThere ? name : null, listColumn: null };
  },
  fieldsOf: () => [],
  knownNames: [],
});
const there = catalogueOf({
  'logs-a-default': [],
  'logs-b-default': ['process.entity_id'],
  'logs-b-old': ['process.pid'],
  'logs-endpoint.events.network-default': ['process.entity_id'],
  'logs-endpoint.events.process-default': ['process.parent.entity_id'],
  'far:logs-a-default': [],
});

describe('the indices of a hunt', () => {
  it.each([
    [['FROM logs-a-*'], 'logs-a-*'],
    [['FROM logs-b-*, -logs-b-old | STATS n = COUNT(*)'], 'logs-b-*,-logs-b-old'],
    [['FROM "logs-b-*,-logs-b-old"'], 'logs-b-*,-logs-b-old'],
    [['FROM logs-a-*', 'FROM logs-b-default', 'FROM logs-a-*'], 'logs-a-*,logs-b-default'],
    // The second reads what the first leaves out.
    [['FROM logs-b-*, -logs-b-old', 'FROM logs-b-old'], 'logs-b-default,logs-b-old'],
    [['FROM (FROM logs-a-*), (FROM logs-b-* | WHERE x == 1) | LIMIT 1'], 'logs-a-*,logs-b-*'],
    [['FROM logs-a-* | FORK (WHERE true) (LIMIT 1) | LOOKUP JOIN names ON x'], 'logs-a-*'],
    [['FROM far:logs-a-*, logs-a-*'], 'far:logs-a-*,logs-a-*'],
    [['FROM <logs-{now/d}>, logs-a-*'], '<logs-{now/d}>,logs-a-*'],
    [['FROM logs-a-*, logs-nowhere, metrics-*'], 'logs-a-*'],
    [['FROM logs-nowhere'], null],
    [['ROW a = 1', 'FROM FROM'], null],
    [['FROM logs-endpoint.events.network-*'], 'logs-endpoint.events.network-*,logs-endpoint.events.process-*'],
    [['FROM logs-endpoint.events.network-lab'], null],
    [['FROM logs-endpoint.events.*'], 'logs-endpoint.events.*'],
  ])('%j: %s', (queries, expected) => {
    const sources = patternsOf(queries);
    expect(indicesOf(sources, processStreams(sources), there)).toBe(expected);
  });
});

it('looks for the processes of Elastic Defend where it records them', () => {
  const sources = [
    ['logs-endpoint.events.network-*', 'far:logs-endpoint.events.file-lab', 'logs-endpoint.events.registry*'],
    ['logs-endpoint.events.process-*', 'logs-endpoint.events.*', 'logs-*', '-logs-endpoint.events.dns-x'],
  ];
  expect(processStreams(sources)).toEqual([
    'logs-endpoint.events.process-*',
    'far:logs-endpoint.events.process-lab',
    'logs-endpoint.events.process*',
  ]);
});

describe('without a hunt', () => {
  it('reads the indices that record processes', () => {
    expect(indicesOfProcesses(there)).toBe(
      'logs-b-default,logs-b-old,logs-endpoint.events.network-default,logs-endpoint.events.process-default',
    );
  });
  it.each([{ a: [], b: [] }, { a: ['process.pid'] }])('reads all where none or all do', (carried) => {
    expect(indicesOfProcesses(catalogueOf(carried))).toBe('*');
  });
});
