import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import schema from '../../docs/mappings.schema.json' with { type: 'json' };
import { testMappings } from '../../src/app/test-mappings.ts';
import { checkReferences, isFamily, readMappingFile } from '../../src/ecs/check-mapping.ts';
import { opNames } from '../../src/ecs/ops.ts';
import { mappingsFolder, shippedFiles } from '../../src/ecs/shipped-mappings.ts';
import { mappingFilesAt } from '../../src/ecs/user-mappings.ts';
import { openDuckDB } from '../../src/engines/duckdb/connection.ts';
import { sql, text } from '../../src/sql/sql.ts';

const files = await mappingFilesAt(mappingsFolder);
const duckdb = await openDuckDB();
afterAll(() => duckdb.close());

const refused = async (pattern: string): Promise<string | null> => {
  try {
    await duckdb.connection.runAndReadAll(sql`SELECT regexp_matches('', ${text(pattern)}, 's')`);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
};

describe('the shipped mappings', () => {
  it.each(files.map((file) => [relative(mappingsFolder, file), file]))('%s fits the schema', async (_, file) => {
    const content = readFileSync(file!, 'utf8');
    const { parsed, problems } = await readMappingFile(content, file!);
    expect(problems).toEqual([]);
    const { mappings, families } = await shippedFiles();
    const known = {
      mappings: new Set(mappings.map(({ name }) => name)),
      families: new Set(families.map(({ family }) => family)),
    };
    expect(await checkReferences(content, parsed!, known, refused)).toEqual([]);
    if (!isFamily(parsed!)) expect(known.mappings).toContain(parsed!.name);
  });

  it('have examples, and do what these say', async () => {
    const tested = await testMappings([mappingsFolder], new AbortController().signal);
    const failed = tested.flatMap(({ mapping, results }) =>
      results.filter(({ outcome }) => outcome !== 'ok').map((result) => ({ mapping, ...result })),
    );
    expect(failed).toEqual([]);
    expect(tested.filter(({ isBase, results }) => !isBase && results.length === 0)).toEqual([]);
  }, 180_000);

  it('have names and titles of their own', async () => {
    const { mappings } = await shippedFiles();
    for (const names of [mappings.map(({ name }) => name), mappings.map(({ title, name }) => title ?? name)])
      expect(new Set(names).size).toBe(names.length);
  });
});

it('the schema knows every operation, and no other', () => {
  const { then, else: other } = schema.definitions.op;
  // What stands beside an operation is none itself.
  const named = [...then.enum, ...Object.keys(other.properties)].filter((name) => name !== 'else' && name !== 'zone');
  expect(new Set(named)).toEqual(new Set(opNames));
});
