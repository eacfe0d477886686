import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { SourceText } from '../../src/diagnostics/source-text.ts';
import { parse } from '../../src/languages/esql/parse.ts';
import { indexPatterns } from '../../src/languages/esql/syntax/walk.ts';
import { type Answer, type Difference, difference } from './compare.ts';
import { readSpec, type SpecCase } from './spec-file.ts';
import { SpecServer } from './spec-server.ts';

/*
 * Runs csv-spec files of Elasticsearch, or one's own in the same form, against Harrier's server:
 *
 *   npm run csv-spec -- FOLDER [--only TEXT] [--verbose]
 *
 * FOLDER holds *.csv-spec files and, anywhere below it, the data (INDEX.csv), mappings (mapping-INDEX.json), enrich
 * policies (enrich-policy-NAME.json) and views (NAME.esql) that they are about. Exits with 1 when a case fails.
 */

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string' }, verbose: { type: 'boolean', short: 'v' } },
});
const [folder] = positionals;
if (folder === undefined) {
  console.error('usage: npm run csv-spec -- FOLDER [--only TEXT] [--verbose]');
  process.exit(2);
}

const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path));
const files = new Map(paths.map((path) => [basename(path), path]));
const specs = paths.filter((path) => path.endsWith('.csv-spec')).sort();
if (specs.length === 0) {
  console.error(`csv-spec: no *.csv-spec file in ${folder}`);
  process.exit(2);
}

interface Outcome {
  readonly file: string;
  readonly spec: SpecCase;
  readonly why: Difference | 'no data' | null;
}

const kinds = ['refused', 'fault', 'columns', 'types', 'rows', 'values', 'warnings'] as const;
const outcomes: Outcome[] = [];
const server = await SpecServer.start(files);
try {
  for (const path of specs) {
    const file = basename(path, '.csv-spec');
    for (const spec of readSpec(readFileSync(path, 'utf8'))) {
      if (options.only !== undefined && !`${file}.${spec.name}`.includes(options.only)) continue;
      outcomes.push({ file, spec, why: await outcomeOf(spec) });
    }
  }
} finally {
  await server.stop();
}
report();
process.exitCode = outcomes.some(({ why }) => why !== null && why !== 'no data') ? 1 : 0;

async function outcomeOf(spec: SpecCase): Promise<Outcome['why']> {
  const { query } = parse(new SourceText(spec.query));
  const missing = await server.load(query ? indexPatterns(query) : [], spec.query);
  const answer: Answer = await server.ask(spec.query);
  const why = difference(spec, answer);
  return why?.kind === 'refused' && missing ? 'no data' : why;
}

function report(): void {
  for (const { file, spec, why } of outcomes) {
    if (why === null || why === 'no data') continue;
    console.log(`FAIL ${file}.${spec.name} [${why.kind}] ${why.text.replace(/\s+/g, ' ').slice(0, 400)}`);
    if (options.verbose) console.log(spec.query.replace(/^/gm, '     '));
  }
  const names = [...new Set(outcomes.map(({ file }) => file))];
  const width = Math.max(...names.map((name) => name.length), 5);
  const line = (name: string, cells: readonly (string | number)[]): string =>
    name.padEnd(width) + cells.map((cell) => String(cell).padStart(10)).join('');
  console.log(line('file', ['cases', 'right', ...kinds, 'no data']));
  const row = (name: string, of: readonly Outcome[]): string => {
    const count = (test: (why: Outcome['why']) => boolean): number => of.filter(({ why }) => test(why)).length;
    const byKind = kinds.map((kind) => count((why) => why !== null && why !== 'no data' && why.kind === kind));
    return line(name, [of.length, count((why) => why === null), ...byKind, count((why) => why === 'no data')]);
  };
  for (const name of names)
    console.log(
      row(
        name,
        outcomes.filter(({ file }) => file === name),
      ),
    );
  console.log(row('all', outcomes));
}
