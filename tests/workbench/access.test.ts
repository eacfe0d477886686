import http from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PageAccess } from '../../src/workbench/server/one-time-code.ts';
import { fleetFolder } from './fleet.ts';
import { type StartedUi, startUi } from './start-ui.ts';

let ui: StartedUi;
beforeAll(async () => {
  ui = await startUi(['--data', fleetFolder()]);
});
afterAll(() => ui?.stop());

interface Sent {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** Sends what no well-behaved client would: fetch sets Host and Sec-Fetch-* itself. */
function send(path: string, { method = 'GET', headers = {}, body }: Sent = {}) {
  const { port } = new URL(ui.origin);
  return new Promise<{ status: number; headers: http.IncomingHttpHeaders; text: string }>((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let text = '';
      response.on('data', (data) => {
        text += data;
      });
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** The answer to a request that says how large it is, and sends nothing of it. */
function announced(bytes: number, authorization: string): Promise<number> {
  const { port } = new URL(ui.origin);
  const headers = { authorization, 'content-type': 'application/json', 'content-length': bytes };
  return new Promise((resolve, reject) => {
    const path = '/api/v1/call/rows';
    const request = http.request({ host: '127.0.0.1', port, path, method: 'POST', headers }, (response) => {
      resolve(response.statusCode!);
      request.destroy();
    });
    request.on('error', reject);
    request.flushHeaders();
  });
}

const json = { 'content-type': 'application/json' };

it('prints one link, to this machine alone', () => {
  expect(ui.link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#code=[\w-]{22}$/);
});

it('lets one page in for a code', async () => {
  const token = await ui.token();
  expect(token).toMatch(/^[\w-]{43}$/);
  const again = await send('/api/v1/redeem', {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ code: ui.code }),
  });
  expect(again.status).toBe(401);
  expect(again.text).toContain('used before');
});

it('forgets a code after a minute, and when there is a newer one', () => {
  const access = new PageAccess();
  const old = access.newCode(0);
  expect(access.redeem(old, 60_001)).toBeNull();
  const first = access.newCode(0);
  const second = access.newCode(0);
  expect(access.redeem(first, 1)).toBeNull();
  expect(access.redeem(second, 1)).not.toBeNull();
  expect(access.redeem(second, 2)).toBeNull();
});

const paths = ['call/hello', 'call/hunts', 'call/rows', 'jobs'];
it.each(paths)('%s needs the token', async (path) => {
  for (const authorization of [
    undefined,
    'Bearer',
    'Bearer x',
    `Bearer ${'x'.repeat(43)}`,
    `ApiKey ${await ui.token()}`,
  ]) {
    const headers = { ...json, ...(authorization !== undefined && { authorization }) };
    const { status, text } = await send(`/api/v1/${path}`, { method: 'POST', headers, body: '{}' });
    expect([status, text]).toEqual([401, expect.stringContaining('no access')]);
  }
});

it('needs the token for the stream and for ending jobs', async () => {
  expect((await send('/api/v1/stream')).status).toBe(401);
  expect((await send('/api/v1/jobs/abc', { method: 'DELETE' })).status).toBe(401);
});

it.each([
  ['a name that leads here', { host: 'harrier.example.org' }],
  ['a page of another port', { origin: 'http://127.0.0.1:9' }],
  ['a page without an origin', { origin: 'null' }],
  ['what a browser marks as cross-site', { 'sec-fetch-site': 'cross-site' }],
  ['what a browser marks as same-site', { 'sec-fetch-site': 'same-site' }],
])('refuses %s, with the token and without', async (_what, headers) => {
  const authorization = `Bearer ${await ui.token()}`;
  for (const more of [{}, { authorization }]) {
    const call = await send('/api/v1/call/hello', {
      method: 'POST',
      headers: { ...json, ...headers, ...more },
      body: '{}',
    });
    expect(call.status).toBe(403);
    expect(call.text).not.toContain('events');
  }
});

it('gives a page of another site the empty page alone, and only as a page', async () => {
  const cross = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
  const shell = await send('/', { headers: cross });
  expect(shell.status).toBe(200);
  expect(shell.text).not.toContain(fleetFolder());
  expect((await send('/', { headers: { ...cross, 'sec-fetch-dest': 'iframe' } })).status).toBe(403);
  expect((await send('/', { headers: { ...cross, host: 'harrier.example.org' } })).status).toBe(403);
  expect((await send('/api/v1/call/hello', { headers: cross })).status).toBe(403);
});

it('sends a strict policy, and a nonce that is never the same', async () => {
  const [one, other] = await Promise.all([send('/'), send('/')]);
  const policy = String(one.headers['content-security-policy']);
  for (const part of [
    "default-src 'none'",
    "frame-ancestors 'none'",
    "form-action 'none'",
    "trusted-types 'none'",
    "require-trusted-types-for 'script'",
  ])
    expect(policy).toContain(part);
  expect(policy).not.toContain('unsafe');
  expect(policy).not.toBe(other.headers['content-security-policy']);
  expect(one.headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  });
});

it('takes JSON alone, as its schema has it', async () => {
  const authorization = `Bearer ${await ui.token()}`;
  const post = (path: string, body: string, type = 'application/json') =>
    send(`/api/v1/${path}`, { method: 'POST', headers: { authorization, 'content-type': type }, body });
  expect((await post('call/hello', 'a=b', 'application/x-www-form-urlencoded')).status).toBe(415);
  expect((await post('call/hello', '{}', 'text/plain')).status).toBe(415);
  expect((await post('call/hello', '{')).status).toBe(400);
  expect((await post('call/hello', '{"more":1}')).status).toBe(400);
  expect((await post('call/rows', '{"__proto__":{"handle":"x"}}')).status).toBe(400);
  expect((await post('call/rows', '{"constructor":{"prototype":{}}}')).status).toBe(400);
  expect((await post('jobs', '{"kind":"toString"}')).status).toBe(400);
  expect((await post('call/nosuch', '{}')).status).toBe(404);
  expect(await announced(2 << 20, authorization)).toBe(413);
});

it.each(['/../package.json', '/%2e%2e/package.json', '/..%2fpackage.json', '/main.ts', '/index.html', '/.git/config'])(
  'reaches no file: %s',
  async (path) => {
    expect((await send(path)).status).toBe(404);
  },
);
