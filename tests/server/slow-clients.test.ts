import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import net, { type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import tls from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { addressGroup } from '../../src/server/connections.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startServer } from './support.ts';

const opened: Socket[] = [];
afterEach(() => {
  for (const socket of opened.splice(0)) socket.destroy();
});

interface Raw {
  readonly socket: Socket;
  /** What the server sent so far. */
  readonly received: () => string;
  /** Milliseconds after which the connection ended. */
  readonly ended: Promise<number>;
}

/** A connection from one of this machine's own addresses. */
async function connect(url: string, from = '127.0.0.1'): Promise<Raw> {
  const { hostname, port } = new URL(url);
  const socket = net.connect({ host: hostname, port: Number(port), localAddress: from });
  return follow(socket, 'connect');
}

async function follow(socket: Socket, ready: string): Promise<Raw> {
  opened.push(socket);
  const began = performance.now();
  let received = '';
  socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
  socket.on('error', () => undefined);
  const ended = once(socket, 'close').then(() => performance.now() - began);
  await once(socket, ready);
  return { socket, received: () => received, ended };
}

/** Asks from an address, on a connection of its own. */
function ask(url: string, from: string): Promise<{ status: number; took: number }> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const request = http.get(url, { localAddress: from, agent: false }, (response) => {
      response.resume().on('end', () => resolve({ status: response.statusCode!, took: performance.now() - began }));
    });
    request.on('error', reject);
  });
}

const isLinux = process.platform === 'linux';
const limits = { headersTime: 1000, requestTime: 2000, idleTime: 800 };

describe('slow clients', () => {
  it('ends connections whose headers do not arrive in time, however slowly they go on', async () => {
    const server = await startServer({ connectionLimits: limits });
    const url = await server.listen();
    const silent = await connect(url);
    const slow = await connect(url);
    slow.socket.write('GET / HTTP/1.1\r\nhost: x\r\n');
    const drip = setInterval(() => slow.socket.write('x: y\r\n'), 100);
    const times = await Promise.all([silent.ended, slow.ended]);
    clearInterval(drip);
    for (const time of times) {
      expect(time).toBeGreaterThan(limits.headersTime - 100);
      expect(time).toBeLessThan(limits.headersTime * 2.5);
    }
    expect(slow.received()).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('ends requests whose bodies do not arrive in time, stores nothing of them, and holds no memory for them', async () => {
    const server = await startServer({ connectionLimits: limits, limits: { bodyBytes: 1000 } });
    const url = await server.listen();
    const body = '{"index":{}}\n{"n":1}\n';
    const slow = await Promise.all(Array.from({ length: 20 }, () => connect(url)));
    for (const { socket } of slow)
      socket.write(
        `POST /events/_bulk HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-ndjson\r\ncontent-length: 190\r\n\r\n${body}`,
      );
    const drip = setInterval(() => {
      for (const { socket } of slow) socket.write(' ');
    }, 100);
    for (const time of await Promise.all(slow.map(({ ended }) => ended)))
      expect(time).toBeLessThan(limits.requestTime * 2);
    clearInterval(drip);
    expect((await server.send('GET', '/events/_count')).status).toBe(404);
    // All bodies together may hold four times the largest, which this one nearly is.
    const large = `{"index":{}}\n{"n":"${'x'.repeat(900)}"}\n`;
    const { json } = await server.send('POST', '/events/_bulk', large);
    expect(json).toMatchObject({ errors: false });
  });

  it('refuses headers that are too large', async () => {
    const server = await startServer();
    const { socket, received, ended } = await connect(await server.listen());
    socket.write(`GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`);
    await ended;
    expect(received()).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('ends connections that ask nothing any more', async () => {
    const server = await startServer({ connectionLimits: limits });
    const { socket, received, ended } = await connect(await server.listen());
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    // Node.js adds a second to what it promises clients.
    expect(await ended).toBeLessThan(limits.idleTime + 2500);
    expect(received()).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('ends connections of clients that do not take their answers', async () => {
    const server = await startServer({ connectionLimits: { answerTime: 500 } });
    const { socket } = await connect(await server.listen());
    const query = JSON.stringify({
      query: 'ROW a = REPEAT("x", 1000000) | EVAL b = MV_APPEND(a, a), c = b, d = b, e = b',
    });
    socket.pause();
    socket.write(
      `POST /_query HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${query.length}\r\n\r\n${query}`,
    );
    const connections = (): Promise<number> =>
      new Promise((resolve) => server.app.server.getConnections((_, count) => resolve(count)));
    expect(await connections()).toBe(1);
    for (let waits = 0; waits < 50 && (await connections()) > 0; waits++) await sleep(100);
    expect(await connections()).toBe(0);
  });

  it.skipIf(!isLinux)('serves other addresses while one holds as many connections as it can', async () => {
    const server = await startServer({ connectionLimits: { connections: 60, waitingPerAddress: 20 } });
    const url = await server.listen();
    const held = await Promise.all(
      Array.from({ length: 100 }, async (_, i) => {
        const raw = await connect(url);
        if (i % 2) raw.socket.write('POST /events/_bulk HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{');
        return raw;
      }),
    );
    for (let i = 0; i < 5; i++) expect((await ask(url, '127.0.0.2')).status).toBe(200);
    // The address itself still can connect: what has waited longest gives way.
    expect((await ask(url, '127.0.0.1')).status).toBe(200);
    const open = held.filter(({ socket }) => !socket.destroyed);
    expect(open.length).toBeLessThanOrEqual(20);
    expect(open.length).toBeGreaterThanOrEqual(18);
    expect(held.slice(0, 50).every(({ socket }) => socket.destroyed)).toBe(true);
  });

  it('does not count connections whose requests are being answered', async () => {
    const server = await startServer({ connectionLimits: { waitingPerAddress: 2 } });
    let arrived = 0;
    server.app.get('/_license/slow', async () => {
      arrived += 1;
      while (arrived < 10) await sleep(10);
      return {};
    });
    const url = await server.listen();
    const answers: Promise<{ status: number }>[] = [];
    for (let i = 1; i <= 10; i++) {
      answers.push(ask(`${url}/_license/slow`, '127.0.0.1'));
      while (arrived < i) await sleep(5);
    }
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(Array(10).fill(200));
  });

  it('has the same limits over TLS', async () => {
    const folder = temporaryFolder();
    const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(folder, name)) as [string, string];
    const made = spawnSync('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...['-subj', '/CN=localhost', '-keyout', key, '-out', cert],
    ]);
    expect(made.status).toBe(0);
    const server = await startServer({
      tls: { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') },
      connectionLimits: { ...limits, waitingPerAddress: 3 },
    });
    const url = await server.listen();
    const port = Number(new URL(url).port);
    const asking = async (): Promise<Raw> => {
      const socket = tls.connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
      const raw = await follow(socket, 'secureConnect');
      socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
      for (let waits = 0; waits < 100 && raw.received() === ''; waits++) await sleep(10);
      return raw;
    };
    const handshake = await connect(url);
    const all: Raw[] = [];
    for (let i = 0; i < 5; i++) all.push(await asking());
    expect(all.map(({ received }) => received().slice(0, 12))).toEqual(Array(5).fill('HTTP/1.1 200'));
    // Of the six that wait, three had to go: the handshake and the first two.
    await Promise.all([handshake.ended, all[0]!.ended, all[1]!.ended]);
    expect(all.slice(2).map(({ socket }) => socket.destroyed)).toEqual([false, false, false]);
    const silent = await connect(url);
    expect(await silent.ended).toBeLessThan(limits.headersTime * 2.5);
  });
});

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['::1', '0:0:0:0'],
  ['2001:db8:0:1:a:b:c:d', '2001:db8:0:1'],
  ['2001:db8:0:1::9', '2001:db8:0:1'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['2001:db8::', '2001:db8:0:0'],
])('counts %s as a connection of %s', (address, group) => {
  expect(addressGroup(address)).toBe(group);
});
