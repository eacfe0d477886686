import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Refused } from '../../src/workbench/contract/calls.ts';

/** A workbench that runs, as `harrier ui` started it. */
export interface StartedUi {
  /** The link that it printed, with its code. */
  readonly link: string;
  readonly origin: string;
  readonly code: string;
  readonly child: ChildProcess;
  /** Where its runs, verdicts and notes are. */
  readonly state: string;
  /** Trades the code for the token. */
  token(): Promise<string>;
  /** Takes the token of a page that has used the code. */
  useToken(token: string): void;
  /** Asks a call with the token. */
  call<T = Record<string, never>>(name: string, request?: object): Promise<T>;
  stop(): Promise<{ readonly code: number | null; readonly stderr: string }>;
}

const command = join(import.meta.dirname, '../../dist/harrier.js');

/** Starts the real command on a state and a cache of its own, and waits for its link. */
export async function startUi(args: readonly string[], cwd?: string): Promise<StartedUi> {
  const folder = mkdtempSync(join(tmpdir(), 'harrier-ui-'));
  const state = join(folder, 'state');
  const child = spawn(process.execPath, [command, 'ui', '--no-open', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd !== undefined && { cwd }),
    env: { ...process.env, HARRIER_STATE: state, HARRIER_CACHE_DIR: join(folder, 'cache') },
  });
  let stderr = '';
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  const link = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (data) => resolve(String(data).trim()));
    child.once('exit', (code) => reject(new Error(`harrier ui ended with ${code}: ${stderr}`)));
  });
  const { origin, hash } = new URL(link);
  const code = hash.replace('#code=', '');
  let token: Promise<string> | null = null;
  const redeem = async (): Promise<string> => {
    const response = await fetch(`${origin}/api/v1/redeem`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
    });
    return ((await response.json()) as { token: string }).token;
  };
  const tokenOnce = (): Promise<string> => {
    token ??= redeem();
    return token;
  };
  return {
    ...{ link, origin, code, child, state, token: tokenOnce },
    useToken(own) {
      token = Promise.resolve(own);
    },
    async call(name, request = {}) {
      const response = await fetch(`${origin}/api/v1/call/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${await tokenOnce()}` },
        body: JSON.stringify(request),
      });
      const body = await response.json();
      if (!response.ok) throw Object.assign(new Error(JSON.stringify(body)), { status: response.status });
      const { refused } = body as Partial<Refused>;
      if (refused) throw Object.assign(new Error(JSON.stringify(refused)), { status: refused.status });
      return body as never;
    },
    async stop() {
      if (child.exitCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      rmSync(folder, { recursive: true, force: true });
      return { code: child.exitCode, stderr };
    },
  };
}
