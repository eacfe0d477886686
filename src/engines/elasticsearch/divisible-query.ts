import { SourceText } from '../../diagnostics/source-text.ts';
import { parse } from '../../languages/esql/parse.ts';
import type { FromCommand, ProcessingCommand, Query } from '../../languages/esql/syntax/ast.ts';
import type { Parameters } from '../../languages/esql/syntax/parameters.ts';
import { innerQueries, limitsRows } from '../../languages/esql/syntax/walk.ts';
import { type Edit, type EditedText, edited } from './edited-text.ts';

/** What bounds on rows mean for a query. */
export interface RowBounds {
  /** Whether there is a LIMIT among its commands: else one is added. */
  readonly isLimited: boolean;
  /** The rows that a LIMIT at its end lets through; null where another command comes last. */
  readonly lastLimit: number | null;
  /** How its events can be asked for in parts; null where the parts together would not mean the same. */
  readonly division: Division | null;
}

/** A query whose rows come from one event each, so that it can be asked about some of the events at a time. */
export interface Division {
  /** The order of the rows by time, where the query has one. */
  readonly order: 'ascending' | 'descending' | null;
  /** The query about the events that fulfil a condition. */
  about(condition: Condition): EditedText;
  /** FROM and the conditions behind it, with one more, for counting what a part has to read; it keeps an `_id` asked for. */
  events(condition: Condition | null): string;
}

/** A condition on events, and whether it asks for their `_id`. */
export interface Condition {
  readonly text: string;
  readonly usesId: boolean;
}

/** Reads what bounds mean for a query; null for a query that Harrier cannot parse. */
export function rowBounds(text: string, parameters?: Parameters): RowBounds | null {
  const source = new SourceText(text);
  const { query } = parse(source, parameters);
  if (!query) return null;
  const last = query.pipeline.at(-1);
  return {
    isLimited: query.pipeline.some(limitsRows),
    lastLimit: last?.command === 'limit' && last.by === null ? Number(last.count) : null,
    division: division(query, source),
  };
}

/** Commands that make rows of one row alone. */
const rowWise = new Set<ProcessingCommand['command']>([
  ...([
    'where',
    'eval',
    'keep',
    'drop',
    'rename',
    'dissect',
    'grok',
    'uri_parts',
    'registered_domain',
    'user_agent',
    'ip_location',
    'enrich',
    'lookup',
  ] as const),
  ...(['mv_expand', 'fillnull'] as const),
]);

/** Those among them that bring columns whose names the query does not show. */
const bringsColumns = new Set<ProcessingCommand['command']>([
  ...(['dissect', 'grok', 'uri_parts', 'registered_domain', 'enrich', 'lookup'] as const),
  ...(['user_agent', 'ip_location'] as const),
]);

function division(query: Query, source: SourceText): Division | null {
  const from = query.source;
  if (from.command !== 'from' || innerQueries(query).length > 0 || from.patterns.length === 0) return null;
  if (from.metadata.some(({ name }) => name === '_score')) return null;
  const commands = [...query.pipeline];
  if (commands.at(-1)?.command === 'limit') {
    const limit = commands.pop()!;
    if (limit.command === 'limit' && limit.by !== null) return null;
  }
  const sort = commands.at(-1)?.command === 'sort' ? commands.pop() : undefined;
  if (!commands.every(({ command }) => rowWise.has(command))) return null;
  const order = sort ? orderOf(sort, commands) : null;
  if (order === undefined) return null;
  const leading = commands.findIndex(({ command }) => command !== 'where');
  const conditions = leading < 0 ? commands.length : leading;
  const edits = (condition: Condition | null, keepsId: boolean): Edit[] =>
    condition ? [inserted(from, query.ends[0]!, condition, keepsId)] : [];
  return {
    order,
    about: (condition) => edited(source, edits(condition, false)),
    events: (condition) =>
      edited(new SourceText(source.text.slice(0, query.ends[conditions]!)), edits(condition, true)).text,
  };
}

/** The order by time, the only one in which parts follow each other; undefined for another. */
function orderOf(sort: ProcessingCommand, before: readonly ProcessingCommand[]): Division['order'] | undefined {
  if (sort.command !== 'sort' || sort.keys.length !== 1) return undefined;
  const [{ expression, descending }] = sort.keys as [(typeof sort.keys)[number]];
  if (expression.kind !== 'name' || expression.name !== '@timestamp' || before.some(changesTime)) return undefined;
  return descending ? 'descending' : 'ascending';
}

function changesTime(command: ProcessingCommand): boolean {
  if (bringsColumns.has(command.command)) return true;
  switch (command.command) {
    case 'eval':
      return command.fields.some(({ name }) => name === '@timestamp');
    case 'rename':
      return command.clauses.some(({ from, to }) =>
        [from, to].some(({ text, wildcard }) => wildcard || text === '@timestamp'),
      );
    case 'fillnull':
      return true;
    case 'mv_expand':
      return command.column.name === '@timestamp';
    default:
      return false;
  }
}

/** The condition right behind FROM. An `_id` that the query does not have itself is gone behind it, unless it is kept. */
function inserted(from: FromCommand, at: number, { text, usesId }: Condition, keepsId: boolean): Edit {
  const asks = usesId && !from.metadata.some(({ name }) => name === '_id');
  const metadata = from.metadata.length > 0 ? ', _id' : ' METADATA _id';
  const where = text === '' ? '' : ` | WHERE ${text}`;
  return { start: at, end: at, text: `${asks ? metadata : ''}${where}${asks && !keepsId ? ' | DROP _id' : ''}` };
}
