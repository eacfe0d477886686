import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ownLibrary } from '../../src/hunts/library.ts';
import { harrier } from '../support/command.ts';

const folders = readdirSync(ownLibrary, { withFileTypes: true }).filter((entry) => entry.isDirectory());

describe('our own hunts pass their tests, each query of each', () => {
  it.each(folders.map(({ name }) => name))(
    '%s',
    async (name) => {
      const { code, stdout } = await harrier([
        'hunts',
        'test',
        join(ownLibrary, name),
        '--require',
        '--format',
        'json',
      ]);
      const { hunts } = JSON.parse(stdout) as { hunts: { hunt: { name: string }; tests: { outcome: string }[] }[] };
      const bad = hunts.flatMap(({ hunt, tests }) =>
        tests.filter(({ outcome }) => outcome !== 'ok').map((test) => ({ hunt: hunt.name, ...test })),
      );
      expect(bad).toEqual([]);
      expect(code).toBe(0);
    },
    600_000,
  );
});
