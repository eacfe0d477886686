import { asksAnyField, fieldsOf } from '../../filters/condition.ts';
import { parseKql } from '../../filters/kql.ts';
import { parseQueryString } from '../../filters/query-string.ts';
import type {
  NamedExpression,
  ProcessingCommand,
  SourceCommand,
  StatsCommand,
  Subquery,
  SyntaxExpression,
} from './ast.ts';

type Inside<N> = (node: N) => readonly SyntaxExpression[];

const none = (): readonly SyntaxExpression[] => [];

const operands: { readonly [K in SyntaxExpression['kind']]: Inside<Extract<SyntaxExpression, { kind: K }>> } = {
  literal: none,
  array: none,
  timeSpan: none,
  name: none,
  binary: ({ left, right }) => [left, right],
  not: ({ operand }) => [operand],
  negate: ({ operand }) => [operand],
  in: ({ value, list }) => [value, ...list],
  inQuery: ({ values }) => values,
  like: ({ value, patterns }) => [value, ...patterns],
  isNull: ({ value }) => [value],
  cast: ({ value }) => [value],
  call: ({ args }) => args,
};

/** The expressions directly inside one. */
export const operandsOf = (expression: SyntaxExpression): readonly SyntaxExpression[] =>
  (operands[expression.kind] as Inside<SyntaxExpression>)(expression);

/** The names of columns in an expression. */
export const namesIn = (expression: SyntaxExpression): readonly string[] =>
  expression.kind === 'name' ? [expression.name] : operandsOf(expression).flatMap(namesIn);

const ofStats = ({
  aggregates,
  groupings,
}: Pick<StatsCommand, 'aggregates' | 'groupings'>): readonly SyntaxExpression[] => [
  ...aggregates.flatMap(({ expression, filter }) => (filter ? [expression, filter] : [expression])),
  ...groupings.map(({ expression }) => expression),
];

const expressions: {
  readonly [C in ProcessingCommand['command']]: Inside<Extract<ProcessingCommand, { command: C }>>;
} = {
  where: ({ condition }) => [condition],
  eval: ({ fields }) => fields.map(({ expression }) => expression),
  keep: none,
  drop: none,
  rename: none,
  stats: ofStats,
  inline: ofStats,
  sort: ({ keys }) => keys.map(({ expression }) => expression),
  limit: ({ by }) => by ?? [],
  topk: ({ value, by }) => [value, ...(by ?? [])],
  bottomk: ({ value, by }) => [value, ...(by ?? [])],
  mv_expand: none,
  sample: none,
  dissect: ({ value }) => [value],
  grok: ({ value }) => [value],
  uri_parts: ({ value }) => [value],
  registered_domain: ({ value }) => [value],
  user_agent: ({ value }) => [value],
  ip_location: ({ value }) => [value],
  lookup: ({ conditions }) => conditions,
  enrich: none,
  dedup: none,
  change_point: ({ value, key, groups }) => [value, key, ...groups],
  harrier_lookup: ({ left }) => [{ kind: 'name', ...left }],
  harrier_previous: ({ value, key, groups }) => [value, key, ...groups],
  fillnull: none,
  fuse: none,
  ts_info: none,
  metrics_info: none,
  fork: none,
};

/** The expressions that stand in a command itself. */
export const expressionsOf = (command: ProcessingCommand): readonly SyntaxExpression[] =>
  (expressions[command.command] as Inside<ProcessingCommand>)(command);

/** Whether a command says how many rows there are at most. */
export const limitsRows = ({ command }: ProcessingCommand): boolean => ['limit', 'topk', 'bottomk'].includes(command);

/** Calls `visit` for every expression of some commands, those of the branches of FORK and those inside others included. */
function visitExpressions(commands: readonly ProcessingCommand[], visit: (expression: SyntaxExpression) => void): void {
  const within = (expression: SyntaxExpression): void => {
    visit(expression);
    for (const operand of operandsOf(expression)) within(operand);
  };
  for (const command of commands) {
    for (const expression of expressionsOf(command)) within(expression);
    if (command.command === 'fork') for (const branch of command.branches) visitExpressions(branch, visit);
  }
}

/** The queries directly inside one: those of FROM, and those of conditions. */
export function innerQueries({ source, pipeline }: Subquery): Subquery[] {
  const queries = source.command === 'from' ? [...source.subqueries] : [];
  visitExpressions(pipeline, (expression) => {
    if (expression.kind === 'inQuery') queries.push(expression.query);
  });
  return queries;
}

/** The patterns of each FROM of a query, subqueries included, those that leave indices out among them. */
export function eventPatterns(query: Subquery): string[][] {
  const patterns = query.source.command === 'from' ? query.source.patterns : [];
  const own = patterns.flatMap(({ text }) => text.split(',')).map((pattern) => pattern.trim());
  return [...(own.length > 0 ? [own] : []), ...innerQueries(query).flatMap(eventPatterns)];
}

/** The indices that a query looks rows up in, subqueries included. */
export function lookupIndices(query: Subquery): string[] {
  const within = (commands: readonly ProcessingCommand[]): string[] =>
    commands.flatMap((command) => {
      if (command.command === 'lookup') return [command.index.text.trim()];
      if (command.command === 'harrier_lookup') return [command.list.text.trim()];
      return command.command === 'fork' ? command.branches.flatMap(within) : [];
    });
  return [...innerQueries(query).flatMap(lookupIndices), ...within(query.pipeline)];
}

/** The patterns of the indices that a query reads, subqueries and lookups included. */
export const indexPatterns = (query: Subquery): string[] => [
  ...new Set([...eventPatterns(query).flat(), ...lookupIndices(query)].filter((text) => !text.startsWith('-'))),
];

/** What a query wants to know of its source: the names it mentions, and whether it shows columns that it does not name. */
export interface Mentions {
  /** Column names anywhere in the query, those that it defines itself among them. */
  readonly names: ReadonlySet<string>;
  /** Names that commands give to columns. */
  readonly defined: ReadonlySet<string>;
  /** True unless STATS or a KEEP without wildcards decides which columns come out. */
  readonly allFields: boolean;
}

export function mentions(query: Subquery): Mentions {
  const names = new Set<string>();
  const defined = new Set<string>();
  let anyField = false;
  const collect = (expression: SyntaxExpression): void => {
    if (expression.kind === 'name') names.add(expression.name);
    // Each query names its own fields; what one shows without naming it, every FROM must offer.
    if (expression.kind === 'inQuery' && pipeline(expression.query.pipeline, source(expression.query.source)))
      anyField = true;
    if (expression.kind === 'call') {
      if (/^(?:tbucket|trange|earliest|latest)$/i.test(expression.name)) names.add('@timestamp');
      const searched = searchedFields(expression);
      for (const name of searched ?? []) names.add(name);
      if (searched === null) anyField = true;
    }
    for (const operand of operandsOf(expression)) collect(operand);
  };
  /** Whether every column that comes out is one that was named. `shows`: columns that were not named are shown so far. */
  const pipeline = (commands: readonly ProcessingCommand[], shows: boolean): boolean => {
    let open = shows;
    let wild = false;
    for (const command of commands) {
      const outcome = processing(command, open);
      wild ||= outcome.wild;
      open = outcome.open;
    }
    return wild || open;
  };
  const processing = (command: ProcessingCommand, open: boolean): { open: boolean; wild: boolean } => {
    for (const expression of expressionsOf(command)) collect(expression);
    for (const name of namesDefinedBy(command)) defined.add(name);
    switch (command.command) {
      case 'keep':
      case 'drop': {
        let wild = false;
        for (const { text, wildcard } of command.patterns) {
          if (!wildcard) names.add(text);
          else if (open) wild = true;
        }
        return { open: command.command === 'keep' ? false : open, wild };
      }
      case 'fuse':
        for (const { name } of [command.score, command.group, ...command.keys]) names.add(name);
        return { open, wild: false };
      case 'fillnull':
        for (const { text, wildcard } of command.patterns) if (!wildcard) names.add(text);
        return { open, wild: false };
      case 'rename':
        for (const { from } of command.clauses) names.add(from.text);
        return { open, wild: false };
      case 'stats':
        return { open: false, wild: false };
      case 'dedup':
        // Rows are compared in every column, whichever are shown afterwards.
        return { open, wild: open };
      case 'mv_expand':
        names.add(command.column.name);
        return { open, wild: false };
      case 'enrich':
        if (command.on) names.add(command.on.name);
        // The field that the policy matches is its own affair.
        else anyField = true;
        return { open, wild: false };
      case 'fork': {
        const shown = command.branches.map((branch) => pipeline(branch, open));
        return { open: shown.some(Boolean), wild: false };
      }
      default:
        return { open, wild: false };
    }
  };
  const source = (from: SourceCommand): boolean => {
    if (from.command === 'row') for (const field of from.fields) collect(field.expression);
    if (from.command !== 'from') return false;
    // Which values were ignored shows once their fields are read.
    if (from.metadata.some(({ name }) => name === '_ignored')) anyField = true;
    // What a series is shows in all of its dimensions.
    if (from.isSeries || from.metadata.some(({ name }) => name === '_tsid')) anyField = true;
    if (from.isSeries) names.add('@timestamp');
    const inner = from.subqueries.map((one) => pipeline(one.pipeline, source(one.source)));
    return from.patterns.length > 0 || inner.some(Boolean);
  };
  const allFields = pipeline(query.pipeline, source(query.source));
  return { names, defined, allFields: allFields || anyField };
}

/** The names that a command gives to columns. */
function namesDefinedBy(command: ProcessingCommand): string[] {
  const given = (fields: readonly NamedExpression[]): string[] =>
    fields.filter(({ named }) => named).map(({ name }) => name);
  switch (command.command) {
    case 'eval':
      return given(command.fields);
    case 'stats':
    case 'inline':
      return given([...command.aggregates, ...command.groupings]);
    case 'rename':
      return command.clauses.map(({ to }) => to.text);
    case 'harrier_previous':
      return [command.name];
    default:
      return [];
  }
}

/** The fields that a query within a query names: QSTR("user.name:alice"); null when it looks into any field. */
function searchedFields({ name, args: [query] }: SyntaxExpression & { kind: 'call' }): ReadonlySet<string> | null {
  if (!/^(?:kql|qstr)$/i.test(name) || query?.kind !== 'literal' || typeof query.value !== 'string') return noFields;
  try {
    const kql = name.toLowerCase() === 'kql';
    const condition = kql ? parseKql(query.value) : parseQueryString(query.value, { fields: ['*'], operator: 'or' });
    return asksAnyField(condition) ? null : fieldsOf(condition);
  } catch {
    return noFields;
  }
}

const noFields: ReadonlySet<string> = new Set();
