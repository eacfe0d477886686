import { Client, errors } from '@elastic/elasticsearch';
import { tableFromIPC } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { startServer } from './support.ts';

async function connected(): Promise<Client> {
  const server = await startServer();
  return new Client({ node: await server.listen() });
}

interface Event {
  readonly n: number;
  readonly name: string;
}

describe('the official client', () => {
  it('asks who is there', async () => {
    const client = await connected();
    expect((await client.info()).tagline).toBe('You Know, for Search');
    expect(await client.ping()).toBe(true);
    expect(await client.indices.exists({ index: 'nope' })).toBe(false);
    await client.close();
  });

  it('writes in bulk and reads records', async () => {
    const client = await connected();
    await client.indices.create({ index: 'events', mappings: { properties: { name: { type: 'keyword' } } } });
    const events = Array.from({ length: 5000 }, (_, n): Event => ({ n, name: `event ${n % 7}` }));
    const result = await client.helpers.bulk({
      datasource: events,
      onDocument: () => ({ index: { _index: 'events' } }),
      flushBytes: 100_000,
      concurrency: 4,
      refreshOnCompletion: true,
    });
    expect(result).toMatchObject({ total: 5000, successful: 5000, failed: 0 });
    expect(await client.count({ index: 'events' })).toMatchObject({ count: 5000 });
    const { records } = await client.helpers
      .esql({ query: 'FROM events | STATS n = COUNT(*) BY name | SORT name' })
      .toRecords<Event>();
    expect(records).toHaveLength(7);
    expect(records[0]).toEqual({ n: 715, name: 'event 0' });
    await client.close();
  });

  it('reads Arrow', async () => {
    const client = await connected();
    const query =
      'ROW i = 1, l = 5000000000, d = 1.5, s = "é", b = true, t = "2026-01-01T00:00:00Z"::date, m = [1, 2], z = null';
    const response = await client.esql.query({ query, format: 'arrow' }, { asStream: true } as never);
    const chunks: Buffer[] = [];
    for await (const chunk of response as unknown as AsyncIterable<Buffer>) chunks.push(chunk);
    const table = tableFromIPC(Buffer.concat(chunks));
    const row = table.get(0)!.toJSON();
    expect(row).toMatchObject({ i: 1, l: 5_000_000_000n, d: 1.5, s: 'é', b: true, z: null });
    expect(Number(row.t)).toBe(Date.parse('2026-01-01'));
    expect([...(row.m as Iterable<number>)]).toEqual([1, 2]);
    const reader = await client.helpers.esql({ query: 'ROW a = 1' }).toArrowReader();
    let rows = 0;
    for await (const batch of reader as unknown as AsyncIterable<{ numRows: number }>) rows += batch.numRows;
    expect(rows).toBe(1);
    await client.close();
  });

  it('runs queries asynchronously', async () => {
    const client = await connected();
    await client.index({ index: 'events', document: { n: 1 }, refresh: true });
    const started = (await client.esql.asyncQuery({
      query: 'FROM events | STATS c = COUNT(*)',
      wait_for_completion_timeout: '0ms',
      keep_on_completion: true,
    })) as unknown as { id: string; is_running: boolean };
    const finished = (await client.esql.asyncQueryGet({
      id: started.id,
      wait_for_completion_timeout: '10s',
    })) as unknown as { values: unknown };
    expect(finished).toMatchObject({ is_running: false, values: [[1]] });
    await client.esql.asyncQueryDelete({ id: started.id });
    await expect(client.esql.asyncQueryGet({ id: started.id })).rejects.toMatchObject({ statusCode: 404 });
    await client.close();
  });

  it('knows errors by their types', async () => {
    const client = await connected();
    const failure = await client.esql.query({ query: 'FROM nope' }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(errors.ResponseError);
    expect(failure).toMatchObject({ statusCode: 400, body: { error: { type: 'verification_exception' } } });
    await expect(client.indices.get({ index: 'nope' })).rejects.toMatchObject({ statusCode: 404 });
    await expect(client.get({ index: 'nope', id: '1' })).rejects.toMatchObject({
      meta: { body: { error: { type: 'index_not_found_exception' } } },
    });
    await client.close();
  });
});
