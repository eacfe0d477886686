import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { DuckDBEngine } from '../../src/engines/duckdb/engine.ts';
import { referencePages } from '../../src/languages/esql/reference.ts';
import { cellText } from '../../src/values/json.ts';
import { engineOver, now } from '../support/query.ts';

const folder = join(import.meta.dirname, '../../docs/esql');

/** Examples whose answers change with every run, or need what is not there: they are only compiled. */
const notRun = /\b(?:FROM|TS)\b|\bSAMPLE\b|\bNOW\(/;

let engine: DuckDBEngine;
beforeAll(async () => {
  const keyword = { type: 'keyword' };
  engine = await engineOver([
    {
      name: 'logs-endpoint.events.network-default',
      mappings: {
        properties: {
          message: { type: 'text' },
          process: { properties: { name: keyword } },
          host: { properties: { name: keyword } },
          user: { properties: { name: keyword, target: { properties: { name: keyword } } } },
        },
      },
      docs: [],
    },
    { name: 'logs-flattened', mappings: { properties: { labels: { type: 'flattened' } } }, docs: [] },
    {
      name: 'metrics',
      mode: 'time_series',
      mappings: {
        properties: {
          '@timestamp': { type: 'date' },
          host: { properties: { name: { ...keyword, time_series_dimension: true } } },
          network: { properties: { bytes: { type: 'long', time_series_metric: 'counter' } } },
          system: { properties: { load: { type: 'double', time_series_metric: 'gauge' } } },
        },
      },
      docs: [],
    },
    {
      name: 'assets',
      mode: 'lookup',
      mappings: { properties: { host: { properties: { name: keyword } }, owner: keyword } },
      docs: [],
    },
    {
      name: 'networks',
      mode: 'lookup',
      mappings: { properties: { network: keyword, owner: keyword } },
      docs: [
        { network: '10.0.0.0/8', owner: 'Offices' },
        { network: '192.0.2.0/24', owner: 'Labs' },
      ],
    },
  ]);
});

async function run(query: string): Promise<string | null> {
  const options = { now, maxRows: 1000 };
  // There is no policy to enrich with, and no database of locations.
  if (/\b(?:ENRICH|IP_LOCATION)\b/.test(query)) return null;
  if (notRun.test(query)) {
    engine.prepare(query, options);
    return null;
  }
  const { columns, values, warnings } = await engine.query(query, options);
  const plain = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
  const row = (cells: readonly string[]): string => `| ${cells.map(plain).join(' | ')} |`;
  const lines = [
    row(columns.map(({ name, type }) => `${name}: ${type}`)),
    row(columns.map(() => '---')),
    ...values.map((cells) => row(cells.map((cell, i) => (cell === null ? 'null' : cellText(cell, columns[i]!.type))))),
  ];
  const told = warnings.filter((warning) => !warning.startsWith('No limit'));
  expect(told).toEqual([]);
  return lines.join('\n');
}

it('is what the tables of commands and functions say, and every example runs', async () => {
  const pages = await referencePages(run);
  for (const [name, text] of pages) await expect(text).toMatchFileSnapshot(join(folder, name));
  const written = existsSync(folder) ? readdirSync(folder).filter((name) => name !== 'differences.md') : [];
  expect(written.filter((name) => !pages.has(name))).toEqual([]);
});
