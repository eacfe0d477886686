import { isUtf8 } from 'node:buffer';
import { TimeSlice } from '../engines/time-slice.ts';
import type { Operation } from '../store/operations.ts';
import { documentParsing, illegalArgument, Refusal } from '../store/refusal.ts';
import { own } from '../values/own.ts';
import { isExternal, type WriteOptions, wholeNumber } from './write-options.ts';

/** What a bulk request asks for and is not done. */
export interface RefusedOperation {
  readonly action: Operation['action'];
  readonly index: string;
  readonly id: string | null;
  readonly refusal: Refusal;
}

/** An item of a bulk request: an operation, or why it is none. */
export type BulkItem = Operation | RefusedOperation;

type Metadata = Omit<Operation, 'line' | 'action'>;

interface ActionLine {
  /** Where it stands in the request. */
  readonly begin: number;
  readonly end: number;
  readonly action: Operation['action'];
  readonly metadata: Metadata;
  /** Why it is not done, whatever the document is. */
  readonly refusal: Refusal | null;
}

/** What holds for actions that do not say otherwise, and what speaks against doing something to an index. */
export interface BulkDefaults {
  readonly index: string | null;
  readonly options: WriteOptions;
  refusalOf(action: Operation['action'], options: WriteOptions, index: string): Refusal | null;
  /** Hears of operations as they are read, some at a time; throws where there are too many. */
  count(operations: number): void;
}

/** Operations that are counted together. */
const countedTogether = 1000;
/** Operations of a request, ten times what shippers send: what each takes beside its document does not depend on its size. */
const mostOperations = 100_000;

/** Bytes of a line that says what to do; those of shippers have some hundred. */
const longestAction = 1 << 20;

const newline = 10;
const carriageReturn = 13;
const actions: readonly string[] = ['create', 'delete', 'index', 'update'];

/**
 * Reads the lines of a bulk request: actions, and after each but a deletion its document. Throws a Refusal for the
 * whole request where the lines cannot be separated; an error in one document is reported for its item alone.
 */
export async function parseBulk(body: Buffer, defaults: BulkDefaults): Promise<BulkItem[]> {
  if (body.length === 0) throw new Refusal('parse_exception', 'request body is required', 400);
  if (body.at(-1) !== newline) throw illegalArgument('The bulk request must be terminated by a newline [\\n]');
  const wholeIsUtf8 = isUtf8(body);
  const items: BulkItem[] = [];
  let previous: ActionLine | null = null;
  let number = 0;
  let [begin, end, next] = [0, 0, 0];
  const toNextLine = (): boolean => {
    if (next >= body.length) return false;
    begin = next;
    end = body.indexOf(newline, begin);
    next = end + 1;
    if (end > begin && body[end - 1] === carriageReturn) end -= 1;
    number += 1;
    return true;
  };
  let counted = 0;
  const slice = new TimeSlice();
  while (toNextLine()) {
    if (begin === end) continue;
    if (items.length === mostOperations)
      throw new Refusal(
        'content_too_long_exception',
        `the request has more than ${mostOperations} operations: send them in several`,
        413,
      );
    if (items.length - counted === countedTogether) {
      counted = items.length;
      defaults.count(countedTogether);
      if (slice.isOver) await slice.next();
    }
    // Shippers write the same action again and again.
    let action: ActionLine | null = previous;
    if (action === null || body.compare(body, action.begin, action.end, begin, end) !== 0) {
      if (end - begin > longestAction)
        throw illegalArgument(`Malformed action/metadata line [${number}], it is longer than ${longestAction} bytes`);
      if (!wholeIsUtf8 && !isUtf8(body.subarray(begin, end)))
        throw illegalArgument(`Malformed action/metadata line [${number}], it is not valid UTF-8`);
      action = { begin, end, ...parseAction(body.toString('utf8', begin, end), number, defaults) };
    }
    const { metadata, refusal } = action;
    if (metadata.id === null) previous = action;
    if (action.action === 'delete') {
      if (metadata.id === null) throw validation('an id must be provided if version type or value are set');
      items.push(
        refusal
          ? { action: 'delete', index: metadata.index, id: metadata.id, refusal }
          : { ...metadata, action: 'delete', line: null },
      );
      continue;
    }
    if (!toNextLine()) throw illegalArgument('The bulk request must be terminated by a newline [\\n]');
    if (action.action === 'update' && metadata.id === null) throw validation('id is missing');
    const line = body.subarray(begin, end);
    const wrong =
      refusal ??
      (wholeIsUtf8 || isUtf8(line)
        ? null
        : documentParsing('[1:1] failed to parse', 'the document is not valid UTF-8'));
    items.push(
      wrong
        ? { action: action.action, index: metadata.index, id: metadata.id, refusal: wrong }
        : { ...metadata, action: action.action, line },
    );
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

function parseAction(
  line: string,
  number: number,
  defaults: BulkDefaults,
): Pick<ActionLine, 'action' | 'metadata' | 'refusal'> {
  const malformed = (what: string): Refusal => illegalArgument(`Malformed action/metadata line [${number}], ${what}`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch (error) {
    throw malformed(`found no valid JSON: ${(error as Error).message.slice(0, 200)}`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw malformed(`expected START_OBJECT but found [${tokenName(parsed)}]`);
  const entries = Object.entries(parsed);
  const [first] = entries;
  // Elasticsearch 8 reads no further than the first action, and some shippers count their attempts behind it.
  if (!first || entries.slice(1).some(([name]) => actions.includes(name)))
    throw malformed(first ? 'expected one action but found several' : 'expected FIELD_NAME but found [END_OBJECT]');
  const [action, metadata] = first as [Operation['action'], Record<string, unknown>];
  if (!actions.includes(action))
    throw malformed(`expected field [create], [delete], [index] or [update] but found [${action}]`);
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata))
    throw malformed(`expected START_OBJECT but found [${tokenName(metadata)}]`);
  for (const key of Object.keys(metadata))
    if (!knownMetadata.has(key))
      throw illegalArgument(`Action/metadata line [${number}] contains an unknown parameter [${key}]`);
  const index = metadata._index ?? defaults.index;
  if (typeof index !== 'string' || index === '') throw validation('index is missing');
  const id = metadata._id ?? null;
  const sequence = wholeNumber(metadata.if_seq_no, 'if_seq_no');
  const version = wholeNumber(metadata.version ?? metadata._version, 'version');
  const external = isExternal(metadata.version_type ?? metadata._version_type);
  return {
    action,
    metadata: {
      index,
      id: id === null ? null : String(id),
      ...(sequence !== undefined && { ifSequence: sequence }),
      ...(external && version !== undefined && { externalVersion: version }),
    },
    refusal: defaults.refusalOf(action, { ...defaults.options, ...metadata }, index),
  };
}

function tokenName(value: unknown): string {
  if (value === null) return 'VALUE_NULL';
  if (Array.isArray(value)) return 'START_ARRAY';
  return (
    own({ string: 'VALUE_STRING', number: 'VALUE_NUMBER', boolean: 'VALUE_BOOLEAN' }, typeof value) ?? 'START_OBJECT'
  );
}
