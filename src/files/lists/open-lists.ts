import type { DuckDBConnection } from '@duckdb/node-api';
import type { Field } from '../../catalogue/catalogue.ts';
import { FieldTypes } from '../../catalogue/field-types.ts';
import type { NetworkColumn } from '../../catalogue/lookup-list.ts';
import { InputError } from '../../diagnostics/diagnostic.ts';
import type { EventRelation } from '../../sql/duckdb/event-relation.ts';
import { storageType } from '../../sql/duckdb/storage-type.ts';
import { ident, join as joined, number, type Sql, sql } from '../../sql/sql.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../../temporary/temporary-folder.ts';
import { EventFiles, type LoadedEvents } from '../event-files.ts';
import { findInputs } from '../find-inputs.ts';
import type { InputFile } from '../input-file.ts';
import { type ListFile, listFile } from './list-file.ts';
import type { ListSource, OpenList } from './lists.ts';

/**
 * Reads files of lists into tables of an engine, which all its connections see. They are read in another engine, `reader`:
 * queries never reach files. Throws an InputError.
 */
export async function openLists(
  reader: DuckDBConnection,
  engine: DuckDBConnection,
  sources: readonly ListSource[],
  signal?: AbortSignal,
): Promise<OpenList[]> {
  const opened: OpenList[] = [];
  for (const source of sources) {
    signal?.throwIfAborted();
    const list = await openList(reader, source, signal);
    opened.push(list.rows === 0 ? list : await handedOver(list, reader, engine, `list ${opened.length}`));
  }
  return opened;
}

/** A list whose rows stand in a table of another engine. */
async function handedOver(
  list: OpenList,
  reader: DuckDBConnection,
  engine: DuckDBConnection,
  table: string,
): Promise<OpenList> {
  const columns: { readonly name: Sql; readonly type: Sql; readonly value: Sql }[] = [];
  const take = (name: string, type: Sql, value: Sql): void => void columns.push({ name: ident(name), type, value });
  take('_place', sql`BIGINT`, list.relation.mark('_place').single);
  // Names that are alike but for case are one to the engine.
  const fields = list.fields.map((field, i): Field => {
    const type = storageType(field.type);
    if (field.column === null) return field;
    take(`c${i}`, type, ident(field.column));
    if (field.listColumn === null) return { ...field, column: `c${i}` };
    take(`l${i}`, sql`${type}[]`, ident(field.listColumn));
    return { ...field, column: `c${i}`, listColumn: `l${i}` };
  });
  const values = columns.map(({ value, type }) => sql`(${value})::${type}`);
  const from = list.relation.from(null, list.fields, ['_place']);
  const read = await reader.stream(sql`SELECT ${joined(values, ', ')} FROM ${from}`);
  await engine.run(sql`ATTACH IF NOT EXISTS ':memory:' AS ${ident(database)}`);
  const shape = columns.map(({ name, type }) => sql`${name} ${type}`);
  await engine.run(sql`CREATE OR REPLACE TABLE ${ident(database)}.${ident(table)} (${joined(shape, ', ')})`);
  const appender = await engine.createAppender(table, 'main', database);
  for (;;) {
    const chunk = await read.fetchChunk();
    if (!chunk || chunk.rowCount === 0) break;
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
  return {
    ...list,
    fields,
    relation: {
      from: () => sql`(SELECT *, '' AS "_index" FROM ${ident(database)}.${ident(table)})`,
      mark: (field) => ({ single: ident(field), list: null }),
    },
  };
}

/** A database in memory, with a table for each list. */
const database = 'harrier_lists';

async function openList(connection: DuckDBConnection, source: ListSource, signal?: AbortSignal): Promise<OpenList> {
  const inputs = await findInputs([source.file], signal ? { signal } : {});
  const folder = makeTemporaryFolder('list');
  try {
    const [input, ...others] = inputs.files;
    if (!input || others.length > 0)
      throw new InputError(
        `the list ${source.file} is ${inputs.files.length} files`,
        'a list is one file: give --lookup for each',
      );
    const file = await listFile(input, folder);
    return await loaded(connection, source, input, file, signal);
  } finally {
    removeTemporaryFolder(folder);
    await inputs.close();
  }
}

async function loaded(
  connection: DuckDBConnection,
  { name, file: named }: ListSource,
  input: InputFile,
  file: ListFile,
  signal?: AbortSignal,
): Promise<OpenList> {
  if (file.isEmpty) {
    const fields = (file.header ?? []).map(withoutValues);
    return { name, file: named, rows: 0, fields, networks: new Map(), relation: nothing, malformed: noneMalformed };
  }
  const { catalogue, relation, report } = await readRows(connection, file.path, name, signal);
  const indices = catalogue.indices.map((index) => index.name);
  const found = catalogue.fieldsOf(indices);
  const [unread] = report.files.filter(({ read }) => read !== 'all');
  if (report.events === 0 && report.malformed.count === 0)
    throw new InputError(`the list ${input.name} cannot be read: it is ${unread?.reason ?? 'empty'}`);
  const known = new Set(found.map((field) => field.name));
  const fields = [...found, ...(file.header ?? []).filter((column) => !known.has(column)).map(withoutValues)];
  const rows: EventRelation = { ...relation, from: (_, some, marks) => relation.from(indices, some, marks) };
  return {
    ...{ name, file: named, rows: report.events, fields, relation: rows },
    networks: await networksIn(connection, found, rows, file),
    malformed: {
      count: report.malformed.count,
      first: report.malformed.first.map(({ line, ...bad }) => ({ ...bad, place: file.place(line) })),
    },
  };
}

/**
 * The rows of a file with every column. Columns that ECS knows have its types, so that they are compared with those of
 * events; but for those with values that do not fit these, as networks where ECS has addresses.
 */
async function readRows(
  connection: DuckDBConnection,
  path: string,
  index: string,
  signal?: AbortSignal,
): Promise<LoadedEvents> {
  const own = new Set<string>();
  for (;;) {
    const types = (await FieldTypes.load()).without(own);
    const reading = { index, mappings: [], types, cache: false, strict: false, copies: true, asked: Infinity };
    const files = await EventFiles.open(connection, { data: [path], ...reading, ...(signal && { signal }) });
    try {
      const events = await files.load('all');
      const unfit = events.report.ignored.first.filter(({ field }) => !own.has(field));
      if (unfit.length === 0) return events;
      for (const { field } of unfit) own.add(field);
      events.release();
    } finally {
      await files.close();
    }
  }
}

/** Of the columns of texts that begin with networks: what in them is none. */
async function networksIn(
  connection: DuckDBConnection,
  fields: readonly Field[],
  relation: EventRelation,
  file: ListFile,
): Promise<Map<string, NetworkColumn>> {
  const found = new Map<string, NetworkColumn>();
  for (const field of fields) {
    if (field.type !== 'keyword' && field.type !== 'text') continue;
    if (field.column === null) continue;
    const [single, list] = [ident(field.column), field.listColumn === null ? null : ident(field.listColumn)];
    const value = list ? sql`unnest(coalesce(${list}, [${single}]))` : single;
    const place = relation.mark('_place').single;
    const values = sql`(SELECT ${place} AS place, ${value} AS value FROM ${relation.from(null, [field], ['_place'])})`;
    const isNone = sql`harrier_network_bits(value) = ''`;
    const looksSo = await ask(
      connection,
      sql`SELECT count(*) FILTER (NOT ${isNone}) FROM (SELECT * FROM ${values} LIMIT ${number(1000)})`,
    );
    if (looksSo[0]![0] === 0n) continue;
    const there = sql`${values} WHERE value IS NOT NULL`;
    const [counts] = await ask(connection, sql`SELECT count(*), count(*) FILTER (${isNone}) FROM ${there}`);
    const first = await ask(
      connection,
      sql`SELECT place, left(value, 60) FROM ${there} AND ${isNone} ORDER BY place LIMIT 3`,
    );
    found.set(field.name, {
      ...{ count: Number(counts![0]), invalid: Number(counts![1]) },
      first: first.map(([line, text]) => ({ place: file.place(Number(line) + 1), text: String(text) })),
    });
  }
  return found;
}

const ask = async (connection: DuckDBConnection, question: Sql): Promise<readonly (readonly unknown[])[]> =>
  (await connection.runAndReadAll(question)).getRows();

const withoutValues = (name: string): Field => ({ name, type: 'keyword', column: null, listColumn: null });

const noneMalformed = { count: 0, first: [] } as const;

/** A table without rows. */
const nothing: EventRelation = {
  from: () => sql`(SELECT 0::BIGINT AS "_place", '' AS "_index" WHERE false)`,
  mark: (field) => ({ single: ident(field), list: null }),
};
