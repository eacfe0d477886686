import { type Command, Option } from 'commander';
import pc from 'picocolors';
import type { ListedMapping } from '../app/list-mappings.ts';
import { fittingGrid, proseGrid } from '../report/fitting-grid.ts';
import { addOwnMappings, type OwnMappings, ownMappings } from './mapping/own-mappings.ts';
import { surfaceOf, writeTo } from './output.ts';

interface FormatsOptions extends OwnMappings {
  readonly format: 'table' | 'json';
}

export function addFormats(program: Command, signal: AbortSignal): void {
  const command = program
    .command('formats')
    .description('List the formats that are read, and the log sources whose fields get the names of ECS')
    .addOption(new Option('-f, --format <name>', 'how to print').choices(['table', 'json']).default('table'));
  addOwnMappings(command)
    .addHelpText(
      'after',
      `
Examples:
  $ harrier formats
  $ harrier formats --format json`,
    )
    .action(async (options: FormatsOptions) => {
      const { knownFormatsAndSources } = await import('../app/known-formats.ts');
      const known = await knownFormatsAndSources(await ownMappings(options), signal);
      await writeTo(undefined, options.format === 'json' ? [`${JSON.stringify(known, null, 2)}\n`] : table(known));
    });
}

type Known = Awaited<ReturnType<typeof import('../app/known-formats.ts').knownFormatsAndSources>>;

function* table({ formats, compressions, archives, encodings, sources }: Known): Iterable<string> {
  const { width, colour } = surfaceOf(undefined);
  const colours = pc.createColors(colour);
  const rows = (names: readonly string[], values: (string | null)[][]) => ({
    columns: names.map((name) => ({ name, type: 'keyword' as const })),
    values,
  });
  const kinds = formats.map(({ name, recognised }) => [name, recognised]);
  yield* proseGrid(rows(['format', 'recognised by'], kinds), width, colours);
  yield `\nCompressed: ${compressions.join(', ')}. In archives: ${archives.join(', ')}. Text: ${encodings.join(', ')}.\n`;
  yield 'What a file is follows from its content, not from its name.\n\n';
  const listed = sources.map(({ title, index, when }) => [title, index, shortened(when)]);
  yield* fittingGrid(rows(['source', 'index', 'recognised by'], listed), width, colours, {
    less: ['recognised by'],
    more: 'harrier mapping show NAME has it',
    least: 40,
  });
  const families = new Map(sources.map(({ family, forms }) => [family, forms]));
  for (const [family, forms] of families)
    if (family !== null && forms.length > 1) yield `\nEvents of ${family} come as: ${forms.join(', ')}.\n`;
  yield '\nEvents in the names of ECS are read as they are. Of other sources, the names stay as they are: harrier mapping new\nwrites the first draft of a mapping.\n';
}

/** The table has room for the beginning: mapping show has all of it. */
const shortened = (when: ListedMapping['when']): string =>
  when === null ? '' : when.length > mostRecognised ? `${when.slice(0, mostRecognised)}…` : when;
const mostRecognised = 90;
