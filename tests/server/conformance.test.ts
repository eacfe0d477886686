import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { hasShared, shared } from '../support/shared.ts';
import { startServer } from './support.ts';

it.skipIf(!hasShared)(
  'loads the conformance data and answers every case, right or with a reason',
  async () => {
    const server = await startServer();
    const url = await server.listen();
    const { stdout } = await promisify(execFile)(process.execPath, [shared('conformance/run.mjs'), '--url', url], {
      maxBuffer: 64 << 20,
    });
    const [, passed, failed] = /^(\d+) passed, (\d+) failed$/m.exec(stdout)!;
    expect(Number(passed) + Number(failed)).toBeGreaterThan(600);
    // The cases themselves are held against the engine in tests/conformance; here it is the same through the server.
    expect(Number(passed)).toBeGreaterThanOrEqual(610);
    expect(stdout).not.toMatch(/no answer|\b5\d\d: /);
  },
  60_000,
);
