import type { DuckDBConnection } from '@duckdb/node-api';
import { columnNames } from '../documents/document-reader.ts';
import type { KnownNames } from '../documents/names.ts';
import { streamOfIndex } from '../sources/event-row.ts';
import { wantedField } from '../sources/read-columns.ts';
import { ident, join, type Sql, sql } from '../sql/sql.ts';
import type { LinesOfFile } from './file-lines.ts';
import { hitNames } from './hits.ts';
import type { StagedDocument } from './incoming.ts';
import { dataStreamName } from './reading-plan.ts';
import type { Store } from './store.ts';

/** Documents of one index. */
export interface Routed {
  readonly documents: readonly StagedDocument[];
  readonly hasIds: boolean;
}

const streamNames: KnownNames = {
  fields: ['data_stream.type', 'data_stream.dataset', 'data_stream.namespace'].map((name) => wantedField(name, 'text')),
  objects: [],
  opaque: [],
  open: ['', 'data_stream'],
};
/** What documents say under some names, by their number; nothing of those that cannot be read. */
async function look(
  store: Store,
  connection: DuckDBConnection,
  documents: readonly StagedDocument[],
  names: KnownNames,
  columns: (of: (field: number) => Sql) => readonly Sql[],
): Promise<Map<number, (string | null)[]>> {
  const read = await store.incoming.read(documents, names, 'none');
  try {
    if (read.rows === 0) return new Map();
    const of = (field: number): Sql => {
      const { single, rest } = read.fields[field]!;
      if (single) return ident(columnNames.single(field));
      return rest && names.fields[field]!.form === 'any' ? ident(columnNames.rest(field)) : sql`NULL::VARCHAR`;
    };
    const found = await connection.runAndReadAll(sql`SELECT n, ${join(columns(of), ', ')} FROM ${read.relation}`);
    return new Map(
      found
        .getRows()
        .map(([n, ...values]) => [Number(n), values.map((value) => (value === null ? null : String(value)))]),
    );
  } finally {
    await read.remove();
  }
}

/** The index of each document: its data stream, else what its hit says, else the option, else the name of the file. */
export async function route(
  store: Store,
  connection: DuckDBConnection,
  documents: readonly StagedDocument[],
  file: LinesOfFile,
  fallback: string,
): Promise<Map<string, Routed>> {
  const groups = new Map<string, Group>();
  if (documents.length === 0) return groups;
  const hits =
    file.format.wrapper === 'hit'
      ? await look(store, connection, documents, hitNames, (of) => [streamOfIndex(of(0)), of(1), of(2)])
      : new Map<number, (string | null)[]>();
  const events = documents.map((document) => {
    const [, id, event] = hits.get(document.n) ?? [];
    return { ...document, ...(id && { id }), ...(event?.startsWith('{') && { line: Buffer.from(event) }) };
  });
  const streams = await look(store, connection, events, streamNames, (of) => [dataStreamName(of(0), of(1), of(2))]);
  // A line that is no JSON goes to the index of its file, where it is refused with its reason.
  for (const event of events) {
    const [index, id] = hits.get(event.n) ?? [];
    add(groups, streams.get(event.n)?.[0] ?? index ?? fallback, event, Boolean(id));
  }
  return groups;
}

interface Group extends Routed {
  readonly documents: StagedDocument[];
}

function add(groups: Map<string, Group>, index: string, document: StagedDocument, hasId: boolean): void {
  const found = groups.get(index);
  if (found) {
    found.documents.push(document);
    if (hasId && !found.hasIds) groups.set(index, { ...found, hasIds: true });
  } else groups.set(index, { documents: [document], hasIds: hasId });
}
