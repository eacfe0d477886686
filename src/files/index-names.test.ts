import { expect, test } from 'vitest';
import { nameOfFile } from './index-names.ts';

test.each([
  ['/var/log/app.log', 'app'],
  ['/var/log/app.log.1', 'app'],
  ['/var/log/app.log.12.gz', 'app'],
  ['/var/log/app.log-20240131.zst', 'app'],
  ['/var/log/app.log.2024-01-31', 'app'],
  ['/var/log/app.log-2024013112.gz', 'app'],
  ['/var/log/app.log.2024-01-31.3.gz', 'app'],
  ['eve.json.2', 'eve'],
  ['Security.EVTX', 'security'],
  ['mft.csv.gz', 'mft'],
  ['flows.parquet', 'flows'],
  ['C:\\logs\\App.JSON.1.GZ', 'app'],
  ['logs-2024.01.31.ndjson', 'logs-2024.01.31'],
  ['host.7.ndjson.gz', 'host.7'],
  ['app.log.old', 'app.log.old'],
  ['app.log-host7', 'app.log-host7'],
  ['app.log.1a', 'app.log.1a'],
  ['10.0.0.1', '10.0.0.1'],
  ['.log.1', 'events'],
])('the events of %s go by the name %s', (path, name) => {
  expect(nameOfFile(path)).toBe(name);
});
