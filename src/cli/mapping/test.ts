import { type Command, Option } from 'commander';
import pc from 'picocolors';
import type { MappingTestResults } from '../../app/test-mappings.ts';
import { count } from '../../values/quantities.ts';
import { visible } from '../../values/visible.ts';
import { loadConfig } from '../config.ts';
import { surfaceOf, writeTo } from '../output.ts';

interface TestOptions {
  readonly format: 'table' | 'json';
  readonly config?: string;
}

export function addTest(mapping: Command, signal: AbortSignal): void {
  mapping
    .command('test')
    .description('Check mappings and run the examples in them: raw events, and the fields that they must get')
    .argument(
      '[file...]',
      'files of mappings or folders of them; those of harrier.toml and the shipped ones when left out',
    )
    .addOption(new Option('-f, --format <name>', 'how to print').choices(['table', 'json']).default('table'))
    .option('--config <file>', 'settings, instead of the nearest harrier.toml here or above')
    .addHelpText(
      'after',
      `
Examples:
  $ harrier mapping test app.yml
  $ harrier mapping test my-mappings/ --format json

Exit codes: 0 all examples are as expected, 1 some is not, 2 a mapping is wrong or cannot be read`,
    )
    .action(async (files: string[], options: TestOptions) => {
      process.exitCode = await test(files, options, signal);
    });
}

async function test(files: readonly string[], options: TestOptions, signal: AbortSignal): Promise<number> {
  const [{ testMappings }, { mappingsFolder }] = await Promise.all([
    import('../../app/test-mappings.ts'),
    import('../../ecs/shipped-mappings.ts'),
  ]);
  const own = files.length > 0 ? files : (await loadConfig(options.config)).mappings;
  const tested = await testMappings(own.length > 0 ? own : [mappingsFolder], signal);
  const parts = options.format === 'json' ? [`${JSON.stringify({ mappings: tested }, null, 2)}\n`] : listing(tested);
  await writeTo(undefined, parts);
  return tested.some(({ results }) => results.some(({ outcome }) => outcome !== 'ok')) ? 1 : 0;
}

function* listing(tested: readonly MappingTestResults[]): Iterable<string> {
  const colours = pc.createColors(surfaceOf(undefined).colour);
  for (const { file, mapping, results } of tested) {
    if (results.length === 0) continue;
    yield `${colours.bold(visible(mapping))} ${colours.dim(visible(file))}\n`;
    for (const { name, outcome, faults } of results) {
      yield `  ${outcome === 'ok' ? colours.green('ok    ') : colours.red('failed')}  ${visible(name)}\n`;
      for (const fault of faults) yield `          ${visible(fault)}\n`;
    }
  }
  const results = tested.flatMap((one) => one.results);
  const failed = results.filter(({ outcome }) => outcome !== 'ok').length;
  const without = tested.filter((one) => !one.isBase && one.results.length === 0);
  if (without.length > 0)
    yield `${colours.yellow('without examples:')} ${without.map(({ mapping }) => visible(mapping)).join(', ')}\n`;
  const outcome = failed === 0 ? 'all as expected' : colours.red(`${failed} not as expected`);
  yield `${count(tested.length, 'mapping')} checked, ${count(results.length, 'example')}${results.length === 0 ? '' : `: ${outcome}`}\n`;
}
