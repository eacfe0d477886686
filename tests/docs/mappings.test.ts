import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { testMappings } from '../../src/app/test-mappings.ts';
import { opNames } from '../../src/ecs/ops.ts';
import { files } from '../files/support.ts';
import { harrier } from '../support/command.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/mappings.md'), 'utf8');
const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, text]) => text!);
const [mapping, family] = blocks('yaml') as [string, string];
const [sample] = blocks('json') as [string];

it('the mapping of the page does what its example says, and the form fits', async () => {
  const folder = files({ 'doors.yml': mapping, 'forms.yml': family });
  const tested = await testMappings([folder], new AbortController().signal);
  expect(tested.flatMap(({ results }) => results)).toEqual([{ name: 'a door that opens', outcome: 'ok', faults: [] }]);
});

it('the steps of the page work on its sample', async () => {
  const cwd = files({ 'doors.json': sample, 'reviewed.yml': mapping });
  expect(await harrier(['mapping', 'new', 'doors.json', '-o', 'doors.yml'], { cwd })).toMatchObject({ code: 0 });
  expect(await harrier(['mapping', 'test', 'doors.yml'], { cwd })).toMatchObject({ code: 0 });
  const query = 'FROM logs-acme.doors-* | KEEP user.name, event.outcome, source.port | SORT user.name';
  const { stdout } = await harrier(['query', query, '--data', 'doors.json', '--mapping', 'reviewed.yml', '-f', 'csv'], {
    cwd,
  });
  expect(stdout).toBe('user.name,event.outcome,source.port\r\nann,success,51000\r\nbob,failure,51001\r\n');
});

it('the page has every operation', () => {
  expect(opNames.filter((name) => !new RegExp(`[\`{]${name}\\b`).test(page))).toEqual([]);
});
