import type { DuckDBConnection } from '@duckdb/node-api';
import { ownColumns } from '../documents/columns.ts';
import type { KnownNames } from '../documents/names.ts';
import { splitDocuments } from '../formats/formats.ts';
import { ident, sql } from '../sql/sql.ts';
import { streamFields } from '../tables/index-of-event.ts';
import { type PlanOptions, planRows } from '../tables/row-plan.ts';
import type { StagedDocument } from './incoming.ts';
import type { DocumentMapper, Recognised } from './map-documents.ts';
import type { Store } from './store.ts';

/** Documents of one index. */
export interface Routed {
  readonly documents: readonly StagedDocument[];
  readonly hasIds: boolean;
}

/** What says of a document where it belongs. */
export const routingNames: KnownNames = {
  fields: [...streamFields, 'event.dataset'].map((name) => ({ name, form: 'text', order: 'sortedOnce' })),
  objects: [],
  opaque: [],
  open: [],
  unknown: 'skip',
  duplicates: 'first',
  hits: true,
};

const routingPlan: PlanOptions = {
  typed: (name) => ({ name, property: {}, mappingType: 'keyword', type: 'keyword', of: null }),
  ignoresMalformed: () => true,
  longestKeyword: null,
};

/** Documents by their indices, and whose they are. */
export interface RoutedDocuments extends Recognised {
  readonly byIndex: ReadonlyMap<string, Routed>;
}

/**
 * The index of each document: that of its mapping, its data stream, else what its hit says, that of its dataset, else the
 * option or the name of the file. Lines that are wrappers of documents are taken apart: `takeApart` gives each in one its
 * number.
 */
export async function route(
  store: Store,
  connection: DuckDBConnection,
  mapper: DocumentMapper,
  documents: readonly StagedDocument[],
  fallback: (n: number) => string,
  takeApart: ((line: number) => number) | null,
): Promise<RoutedDocuments> {
  const groups = new Map<string, Group>();
  if (documents.length === 0) return { byIndex: groups, sources: new Map(), unknown: new Map() };
  const read = await store.incoming.read(documents, routingNames, 'none');
  try {
    if (takeApart) {
      const whole = takenApart(documents, read.suspects, read.unread, takeApart);
      if (whole) return await route(store, connection, mapper, whole, fallback, null);
    }
    const said = new Map<number, readonly unknown[]>();
    if (read.rows > 0) {
      const { index, relation } = planRows(read, { ...routingPlan, datasets: mapper.datasets });
      const id = read.hasHitId ? ident(ownColumns.hitId) : sql`NULL::VARCHAR`;
      const rows = await connection.runAndReadAll(sql`SELECT "_n", ${index}, ${id} FROM (${relation})`);
      for (const [n, ...row] of rows.getRows()) said.set(Number(n), row);
    }
    // A line that is no JSON goes to the index of its file, where it is refused with its reason.
    const mapped = await mapper.map(connection, documents);
    for (const document of mapped.documents) {
      const [named, id] = said.get(document.n) ?? [];
      const index = mapped.sources.get(document.n)?.index ?? named;
      const own = id === null || id === undefined ? document : { ...document, id: String(id) };
      add(groups, index === null || index === undefined ? fallback(document.n) : String(index), own, own !== document);
    }
    return { byIndex: groups, sources: mapped.sources, unknown: mapped.unknown };
  } finally {
    await read.remove();
  }
}

/** Each piece names this many suspects; where there are as many, there may be more. */
const namedSuspects = 50;

/** The documents with those in wrappers instead of these; null where there is no wrapper among them. */
function takenApart(
  documents: readonly StagedDocument[],
  suspects: readonly number[],
  unread: readonly number[],
  takeApart: (line: number) => number,
): StagedDocument[] | null {
  const asked = suspects.length >= namedSuspects ? null : new Set([...suspects, ...unread]);
  let isWhole = true;
  const parts = documents.flatMap((document): StagedDocument | StagedDocument[] => {
    const lines = asked === null || asked.has(document.n) ? splitDocuments(document.line) : null;
    if (!lines) return document;
    isWhole = false;
    return lines.map((line, i) => ({ ...document, n: takeApart(document.n), id: `${document.id}.${i}`, line }));
  });
  return isWhole ? null : parts;
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
