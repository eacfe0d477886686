import { isUtf8 } from 'node:buffer';
import type { Operation } from '../store/operations.ts';
import { documentParsing, illegalArgument, Refusal } from '../store/refusal.ts';

/** An item of a bulk request: an operation, or why it is none. */
export type BulkItem =
  | { readonly operation: Operation }
  | {
      readonly action: Operation['action'];
      readonly index: string;
      readonly id: string | null;
      readonly refusal: Refusal;
    };

type Metadata = Omit<Operation, 'line' | 'action'>;

interface ActionLine {
  readonly action: Operation['action'];
  readonly metadata: Metadata;
}

const newline = 10;
const actions: readonly string[] = ['create', 'delete', 'index', 'update'];

/**
 * Reads the lines of a bulk request: actions, and after each but a deletion its document. Throws a Refusal for the
 * whole request where the lines cannot be told apart; what is wrong with one document is told of its item alone.
 */
export function parseBulk(body: Buffer, defaultIndex: string | null): BulkItem[] {
  if (body.length === 0) throw new Refusal('parse_exception', 'request body is required', 400);
  if (body.at(-1) !== newline) throw illegalArgument('The bulk request must be terminated by a newline [\\n]');
  const wholeIsUtf8 = isUtf8(body);
  const items: BulkItem[] = [];
  let previous: { line: Buffer; action: ActionLine } | null = null;
  let number = 0;
  let at = 0;
  const nextLine = (): Buffer | null => {
    if (at >= body.length) return null;
    const end = body.indexOf(newline, at);
    const line = body.subarray(at, body[end - 1] === 13 && end > at ? end - 1 : end);
    at = end + 1;
    number += 1;
    return line;
  };
  for (let line = nextLine(); line !== null; line = nextLine()) {
    if (line.length === 0) continue;
    // Shippers write the same action again and again.
    const action: ActionLine = previous?.line.equals(line) ? previous.action : parseAction(line, number, defaultIndex);
    if (action.metadata.id === null) previous = { line, action };
    if (action.action === 'delete') {
      if (action.metadata.id === null) throw validation('an id must be provided if version type or value are set');
      items.push({ operation: { ...action.metadata, action: 'delete', line: null } });
      continue;
    }
    const document = nextLine();
    if (document === null) throw illegalArgument('The bulk request must be terminated by a newline [\\n]');
    if (action.action === 'update' && action.metadata.id === null) throw validation('id is missing');
    if (!wholeIsUtf8 && !isUtf8(document)) {
      const refusal = documentParsing('[1:1] failed to parse', 'the document is not valid UTF-8');
      items.push({ action: action.action, index: action.metadata.index, id: action.metadata.id, refusal });
    } else items.push({ operation: { ...action.metadata, action: action.action, line: document } });
  }
  if (items.length === 0) throw new Refusal('parse_exception', 'request body is required', 400);
  return items;
}

const validation = (reason: string): Refusal =>
  new Refusal('action_request_validation_exception', `Validation Failed: 1: ${reason};`, 400);

const knownMetadata = new Set([
  '_index',
  '_id',
  '_type',
  'routing',
  '_routing',
  'if_seq_no',
  'if_primary_term',
  'version',
  '_version',
  'version_type',
  '_version_type',
  'pipeline',
  'dynamic_templates',
  'require_alias',
  'require_data_stream',
  'retry_on_conflict',
  '_retry_on_conflict',
  'list_executed_pipelines',
]);

function parseAction(line: Buffer, number: number, defaultIndex: string | null): ActionLine {
  const malformed = (what: string): Refusal => illegalArgument(`Malformed action/metadata line [${number}], ${what}`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(line.toString('utf8'));
  } catch (error) {
    throw malformed(`found no valid JSON: ${(error as Error).message.slice(0, 200)}`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw malformed(`expected START_OBJECT but found [${tokenName(parsed)}]`);
  const entries = Object.entries(parsed);
  const [first] = entries;
  if (!first || entries.length > 1)
    throw malformed(first ? 'expected one action but found several' : 'expected FIELD_NAME but found [END_OBJECT]');
  const [action, metadata] = first as [Operation['action'], Record<string, unknown>];
  if (!actions.includes(action))
    throw malformed(`expected field [create], [delete], [index] or [update] but found [${action}]`);
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata))
    throw malformed(`expected START_OBJECT but found [${tokenName(metadata)}]`);
  for (const key of Object.keys(metadata))
    if (!knownMetadata.has(key))
      throw illegalArgument(`Action/metadata line [${number}] contains an unknown parameter [${key}]`);
  const index = metadata._index ?? defaultIndex;
  if (typeof index !== 'string' || index === '') throw validation('index is missing');
  if (metadata.pipeline !== undefined) checkPipeline(String(metadata.pipeline));
  const id = metadata._id ?? null;
  const version = metadata.version ?? metadata._version;
  const external = String(metadata.version_type ?? metadata._version_type ?? 'internal').startsWith('external');
  return {
    action,
    metadata: {
      index,
      id: id === null ? null : String(id),
      ...(metadata.if_seq_no !== undefined && { ifSequence: wholeNumber(metadata.if_seq_no, 'if_seq_no') }),
      ...(external && version !== undefined && { externalVersion: wholeNumber(version, 'version') }),
    },
  };
}

/** There are no ingest pipelines: writing past one unseen would change what is stored. */
export function checkPipeline(name: string): void {
  if (name !== '_none' && name !== '') throw illegalArgument(`pipeline with id [${name}] does not exist`);
}

function wholeNumber(value: unknown, name: string): bigint {
  if (/^\d{1,18}$/.test(String(value))) return BigInt(String(value));
  throw illegalArgument(`[${name}] must be a whole number, found [${String(value)}]`);
}

function tokenName(value: unknown): string {
  if (value === null) return 'VALUE_NULL';
  if (Array.isArray(value)) return 'START_ARRAY';
  return (
    { string: 'VALUE_STRING', number: 'VALUE_NUMBER', boolean: 'VALUE_BOOLEAN' }[typeof value as string] ??
    'START_OBJECT'
  );
}
