import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { QueryError } from '../../src/diagnostics/diagnostic.ts';
import { renderQueryError } from '../../src/diagnostics/render.ts';
import type { DuckDBEngine } from '../../src/engines/duckdb/engine.ts';
import { planText } from '../../src/plan/text.ts';
import { cellJson } from '../../src/values/json.ts';
import { engineOver, now } from '../support/query.ts';
import { indices } from './indices.ts';

/*
 * Golden cases: a file of queries, one after another with a line of dashes between them, and beside it what comes of
 * them. `npx vitest run tests/cases --update` writes the latter anew; a person reads the difference.
 */

const root = fileURLToPath(new URL('.', import.meta.url));
let engine: DuckDBEngine;
beforeAll(async () => {
  engine = await engineOver(indices);
});

const queriesOf = (file: string): string[] =>
  readFileSync(file, 'utf8')
    .split(/^-{3,}\n/m)
    .map((query) => query.trim())
    .filter((query) => query !== '');

async function answer(query: string): Promise<string> {
  try {
    const { columns, values, warnings, notes } = await engine.query(query, { now, maxRows: 1000 });
    const lines = [columns.map(({ name, type }) => `${name}:${type}`).join(' | ')];
    for (const row of values) lines.push(row.map((value, i) => cellJson(value, columns[i]!.type)).join(' | '));
    for (const warning of warnings) if (!warning.startsWith('No limit')) lines.push(`warning: ${warning}`);
    for (const note of notes) lines.push(`note: ${note}`);
    return lines.join('\n');
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    return error.message;
  }
}

function stages(query: string): string {
  const { analysis, rewritten, emitted } = engine.prepare(query, { now, maxRows: 1000 });
  // Tables of indices are named at random.
  const sql = emitted.sql.replace(/"index [0-9a-f]{12} /g, '"index … ');
  return `plan\n${planText(analysis.plan)}\nrewritten\n${planText(rewritten)}\nsql\n${sql}`;
}

function problem(query: string): string {
  try {
    engine.prepare(query, { now, maxRows: 1000 });
    return 'no problem';
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    return renderQueryError(error, { name: 'query', lineOffset: 0, colour: false, width: 100 });
  }
}

const areas: Record<string, (query: string) => string | Promise<string>> = {
  functions: answer,
  commands: answer,
  plans: stages,
  errors: problem,
};

for (const [area, run] of Object.entries(areas)) {
  describe(area, () => {
    for (const name of readdirSync(join(root, area)).filter((file) => file.endsWith('.esql'))) {
      it(name, async () => {
        const blocks: string[] = [];
        for (const query of queriesOf(join(root, area, name))) blocks.push(`${query}\n=>\n${await run(query)}\n`);
        await expect(blocks.join('\n')).toMatchFileSnapshot(join(root, area, name.replace(/\.esql$/, '.golden')));
      });
    }
  });
}
