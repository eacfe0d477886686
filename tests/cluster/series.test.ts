import { afterAll, beforeAll, expect, it } from 'vitest';
import { Store } from '../../src/store/store.ts';
import { indices } from '../cases/indices.ts';
import { bulk, serverOver, type TestServer } from '../server/support.ts';
import { harrier } from '../support/command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { standBetween } from './between.ts';

/*
 * Time series over a cluster: a query goes there as it was written, for ES|QL cannot say the steps that it comes to.
 */

let server: TestServer;
let address: string;
beforeAll(async () => {
  server = await serverOver(await Store.open(temporaryFolder()));
  const { name, mode, mappings, docs } = indices.find((index) => index.mode === 'time_series')!;
  await server.send('PUT', `/${name}`, { mappings, settings: { index: { mode } } });
  await server.send('POST', `/${name}/_bulk?refresh=true`, bulk(...docs.flatMap((doc) => [{ create: {} }, doc])));
  address = await server.listen();
}, 60_000);
afterAll(async () => {
  await server.app.close();
  await server.store.close();
});

const query = 'TS metrics | STATS r = MAX(RATE(sent)) BY host, t = TBUCKET(1 minute) | SORT host, t | LIMIT 2';

it('sends the text', async () => {
  const between = await standBetween(address);
  const { code, stdout } = await harrier([
    ...['query', query, '--engine', 'elasticsearch', '--url', between.url, '--format', 'csv'],
  ]);
  expect([code, stdout.trim().split(/\r?\n/)]).toEqual([
    0,
    ['r,host,t', '2.3333333333333335,a,2026-03-10T10:00:00.000Z', '1.5833333333333333,a,2026-03-10T10:01:00.000Z'],
  ]);
  expect(between.passed.map((request) => request.query)).toContain(query);
});

it('says which release has TS', async () => {
  const between = await standBetween(address, { version: { number: '9.1.0', lacks: [/^TS\b/] } });
  const { code, stdout } = await harrier(['query', query, '--engine', 'elasticsearch', '--url', between.url]);
  expect([code, stdout]).toEqual([1, expect.stringContaining('TS needs Elasticsearch 9.2 or newer')]);
});

it('finds dimensions and metrics among what a cluster says of its fields', async () => {
  const { json } = await server.send('GET', '/metrics/_field_caps?fields=host,sent,load,annotation');
  const { fields } = json as { fields: Record<string, Record<string, Record<string, unknown>>> };
  expect(fields.host!.keyword).toMatchObject({ time_series_dimension: true });
  expect(fields.sent!.long).toMatchObject({ time_series_metric: 'counter' });
  expect(fields.load!.double).toMatchObject({ time_series_metric: 'gauge' });
  expect(Object.keys(fields.annotation!.keyword!)).not.toContain('time_series_dimension');
});
