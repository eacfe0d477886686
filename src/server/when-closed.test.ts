import { once } from 'node:events';
import { createServer, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { whenClosed } from './when-closed.ts';

it('acts once the client is gone, also where it was gone before', async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = request({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
  client.on('error', () => undefined);
  client.end();
  const [, response] = (await once(server, 'request')) as [unknown, ServerResponse];
  const acted: string[] = [];
  whenClosed(response, () => acted.push('later'));
  expect(acted).toEqual([]);
  client.destroy();
  await once(response, 'close');
  whenClosed(response, () => acted.push('at once'));
  expect(acted).toEqual(['later', 'at once']);
  server.close();
});
