import type { SourceText, Span } from '../../../diagnostics/source-text.ts';
import type { ProcessingCommand, Query, Subquery } from '../syntax/ast.ts';
import { innerQueries } from '../syntax/walk.ts';
import { thresholdsOnDivisions } from './divisions.ts';
import { misreadLiterals } from './literals.ts';
import { singleValueConditions } from './multivalues.ts';
import { cutsBeforeOrders } from './order.ts';
import { unboundedReads } from './time-window.ts';

/** What is looked for. A `warning` is hardly ever meant; `advice` names a trap that the author may have seen. */
export const queryRules = {
  'null-comparison': { severity: 'warning', about: 'A comparison with null is never true; IS NULL is.' },
  'like-wildcard': { severity: 'warning', about: 'LIKE knows * and ?; % is an ordinary character.' },
  'rlike-anchor': { severity: 'warning', about: 'RLIKE fits the whole text; ^ and $ are ordinary characters.' },
  'limit-before-sort': {
    severity: 'advice',
    about: 'LIMIT before SORT keeps any rows and orders those, not the first rows of the order.',
  },
  'threshold-on-division': {
    severity: 'advice',
    about:
      'A division by 0 is null and one of whole numbers drops the rest, so a threshold on it can miss what it is for.',
  },
  'multivalue-condition': {
    severity: 'advice',
    about: 'A condition on a field that holds several values is null for such events, and WHERE drops them.',
  },
  'no-time-window': { severity: 'advice', about: 'Without a condition on @timestamp every event ever kept is read.' },
} as const satisfies Record<string, { readonly severity: 'warning' | 'advice'; readonly about: string }>;

export type QueryRule = keyof typeof queryRules;

/** Something that is allowed, and hardly ever what is meant. */
export interface Lint {
  readonly rule: QueryRule;
  readonly message: string;
  /** What to write instead. */
  readonly hint?: string;
  readonly span: Span;
}

/** What has to be known of fields to judge a query. */
export interface FieldFacts {
  /** Events may carry several values of it. */
  holdsSeveral(name: string): boolean;
  /** Its values are whole numbers. */
  isWhole(name: string): boolean;
}

/** One rule: looks at commands that run one after the other, FORK taken apart. */
export type PipelineRule = (commands: readonly ProcessingCommand[], source: SourceText, fields: FieldFacts) => Lint[];

const pipelineRules: readonly PipelineRule[] = [
  misreadLiterals,
  cutsBeforeOrders,
  thresholdsOnDivisions,
  singleValueConditions,
];

/** What in a query means something else than it looks like, in the order of the text. */
export function lint(query: Query, source: SourceText, fields: FieldFacts): Lint[] {
  const found = [...unboundedReads(query)];
  for (const commands of pipelinesOf(query))
    for (const rule of pipelineRules) found.push(...rule(commands, source, fields));
  // What stands before a FORK is looked at once with every branch.
  const distinct = new Map(found.map((one) => [`${one.rule} ${one.span.start} ${one.message}`, one]));
  return [...distinct.values()].sort((a, b) => a.span.start - b.span.start);
}

function pipelinesOf(query: Subquery): (readonly ProcessingCommand[])[] {
  return [...innerQueries(query).flatMap(pipelinesOf), ...straightened(query.pipeline)];
}

/** The ways through a pipeline: one past every FORK, and one into each branch. */
function straightened(commands: readonly ProcessingCommand[]): (readonly ProcessingCommand[])[] {
  const past = commands.filter(({ command }) => command !== 'fork');
  const into = commands.flatMap((command, at) => {
    if (command.command !== 'fork') return [];
    const before = commands.slice(0, at).filter((one) => one.command !== 'fork');
    return command.branches.flatMap((branch) => straightened([...before, ...branch]));
  });
  return [past, ...into];
}
