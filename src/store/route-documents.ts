import type { DuckDBConnection } from '@duckdb/node-api';
import { ownColumns } from '../documents/columns.ts';
import type { KnownNames, WantedField } from '../documents/names.ts';
import type { Mapping } from '../ecs/mapping.ts';
import { splitDocuments } from '../formats/formats.ts';
import { ident, sql } from '../sql/sql.ts';
import { streamFields } from '../tables/index-of-event.ts';
import { type PlanOptions, planRows } from '../tables/row-plan.ts';
import type { StagedDocument } from './incoming.ts';
import type { DocumentMapper, Recognised } from './map-documents.ts';
import type { Store } from './store.ts';

/** Documents of one index, which a mapping makes what they are there, unless it is null. */
export interface Routed {
  readonly index: string;
  readonly mapping: Mapping | null;
  readonly documents: readonly StagedDocument[];
  readonly hasIds: boolean;
}

const routingFields: readonly WantedField[] = [...streamFields, 'event.dataset'].map((name) => ({
  name,
  form: 'text',
  order: 'sortedOnce',
}));

/** What says of a document where it belongs. */
export const routingNames: KnownNames = {
  fields: routingFields,
  objects: [],
  opaque: [],
  open: [],
  unknown: 'skip',
  duplicates: 'first',
  hits: true,
};

const routingPlan: PlanOptions = {
  typed: (name) =>
    routingFields.some((field) => field.name === name)
      ? { name, property: {}, mappingType: 'keyword', type: 'keyword', of: null }
      : undefined,
  ignoresMalformed: () => true,
  longestKeyword: null,
};

/** Documents by their indices, and whose they are. */
export interface RoutedDocuments extends Recognised {
  readonly groups: readonly Routed[];
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
  if (documents.length === 0) return { groups: [], sources: new Map(), unknown: new Map() };
  const read = await store.incoming.read(documents, withRouting(mapper.recognising), 'none');
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
    const recognised = await mapper.recognise(connection, read);
    const groups = new Groups();
    for (const document of documents) {
      const [named, id] = said.get(document.n) ?? [];
      const mapping = recognised.sources.get(document.n) ?? null;
      const index = mapping?.index ?? named;
      const own = id === null || id === undefined ? document : { ...document, id: String(id) };
      const name = index === null || index === undefined ? fallback(document.n) : String(index);
      groups.add(name, mapping, own, own !== document);
    }
    return { groups: groups.all, ...recognised };
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
  hasIds: boolean;
}

class Groups {
  readonly #byMapping = new Map<Mapping | null, Map<string, Group>>();

  add(index: string, mapping: Mapping | null, document: StagedDocument, hasId: boolean): void {
    const byIndex = this.#byMapping.get(mapping) ?? new Map<string, Group>();
    this.#byMapping.set(mapping, byIndex);
    const group = byIndex.get(index) ?? { index, mapping, documents: [], hasIds: false };
    byIndex.set(index, group);
    group.documents.push(document);
    group.hasIds ||= hasId;
  }

  get all(): Group[] {
    return [...this.#byMapping.values()].flatMap((byIndex) => [...byIndex.values()]);
  }
}

/** Names, and those that say where documents belong. */
function withRouting(names: KnownNames): KnownNames {
  const more = routingFields.filter(({ name }) => !names.fields.some((field) => field.name === name));
  return { ...names, fields: [...names.fields, ...more] };
}
