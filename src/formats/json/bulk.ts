import { isObject, parseObject } from '../../values/plain-json.ts';
import { byte, membersOf, type Range, skipBlank } from './values.ts';

/** An action line of a `_bulk` body. */
export interface BulkAction {
  readonly kind: 'index' | 'create' | 'update' | 'delete';
  readonly index: string | null;
  readonly id: string | null;
}

const kinds: ReadonlySet<string> = new Set(['index', 'create', 'update', 'delete']);
const parameters: ReadonlySet<string> = new Set([
  ...['_index', '_id', '_type', '_routing', '_version', '_version_type', '_parent', '_source', '_retry_on_conflict'],
  ...['index', 'id', 'routing', 'version', 'version_type', 'parent', 'pipeline', 'op_type', 'retry_on_conflict'],
  ...['require_alias', 'require_data_stream', 'if_seq_no', 'if_primary_term', 'dynamic_templates'],
  'list_executed_pipelines',
]);
const firstLetters: ReadonlySet<number> = new Set([...kinds].map((kind) => kind.charCodeAt(0)));
const longestAction = 16 << 10;

/**
 * The action that an object is, if it is one: it has one member, called index, create, update or delete, whose value is
 * an object of nothing but parameters of such actions. Updates and deletes have an id.
 */
export function bulkAction(bytes: Buffer, from: number, to: number): BulkAction | null {
  if (to - from > longestAction || !mayBeAction(bytes, from, to)) return null;
  const line = parseObject(bytes.toString('utf8', from, to));
  if (!line) return null;
  const [kind, ...others] = Object.keys(line);
  if (kind === undefined || others.length > 0 || !isKind(kind)) return null;
  const given = line[kind];
  if (!isObject(given) || !Object.keys(given).every((name) => parameters.has(name))) return null;
  const { _index, index, _id, id } = given;
  const found = { kind, index: text(_index ?? index), id: text(_id ?? id) };
  return found.id === null && (kind === 'update' || kind === 'delete') ? null : found;
}

const isKind = (name: string): name is BulkAction['kind'] => kinds.has(name);

const text = (value: unknown): string | null =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : null;

/** Looks at the first letter of the first key: this is asked of every document. */
function mayBeAction(bytes: Buffer, from: number, to: number): boolean {
  const key = skipBlank(bytes, from + 1, to);
  return bytes[key] === byte.quote && firstLetters.has(bytes[key + 1]!);
}

/** What stands before a document to make a hit of it; behind it, only the object is closed. */
export function hitBegin({ index, id }: BulkAction): string {
  const named = index === null ? '' : `"_index":${JSON.stringify(index)},`;
  return `{${named}${id === null ? '' : `"_id":${JSON.stringify(id)},`}"_source":`;
}

/** The document in the body of an update: what it changes, or what it puts where nothing is; null for scripts alone. */
export function updatedDocument(bytes: Buffer, from: number, to: number): Range | null {
  const members = new Map<string, Range>();
  for (const { key, value } of membersOf(bytes, from, to)) members.set(key, value);
  return members.get('doc') ?? members.get('upsert') ?? null;
}
