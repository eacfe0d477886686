import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FieldTypes } from '../../src/catalogue/field-types.ts';
import { findInputs } from '../../src/files/find-inputs.ts';
import { sourcesOf } from '../../src/files/input-sources.ts';
import { readSources } from '../../src/files/read-inputs.ts';
import { namesInFiles } from '../../src/tables/names-of-index.ts';

import { temporaryFolder } from '../support/temporary-folder.ts';
import { files } from './support.ts';

const line = (name: string): string => `${JSON.stringify({ [name]: 1, filler: 'x'.repeat(1000) })}\n`;

it.each([
  ['in a large file', 6000, ['a', 'b', 'c']],
  ['in a small one', 600, ['a']],
])('samples what stands behind the beginning %s', async (_, lines, expected) => {
  const folder = files({ 'x.ndjson': ['a', 'b', 'c'].map((name) => line(name).repeat(lines / 3)).join('') });
  const { files: inputs } = await findInputs([join(folder, 'x.ndjson')]);
  const out = temporaryFolder();
  const { sources } = await sourcesOf(inputs[0]!, out);
  const names = namesInFiles(new Set(['a', 'b', 'c']), await FieldTypes.load());
  const read = await readSources(sources, names, join(out, 'columns'), { sampleBytes: 64 << 10 });
  expect([...read.kinds.keys()].sort()).toEqual(expected);
  // Some hundred thousand bytes at most.
  expect(read.rows).toBeLessThan(600);
});
