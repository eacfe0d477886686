import type { Column } from './column.ts';
import { columnsIn, walkExpression } from './expression.ts';
import { expressionsOf, inputsOf, type Plan } from './nodes.ts';

type Kind = Plan['kind'];
type Ids = ReadonlySet<number>;

const nothing: readonly Column[] = [];
const none = (): readonly Column[] => nothing;

/** The columns that a node looks at beside those of its expressions. */
const named: { readonly [K in Kind]: (node: Extract<Plan, { kind: K }>) => readonly Column[] } = {
  scan: none,
  oneRow: none,
  filter: none,
  compute: none,
  project: none,
  aggregate: ({ groups }) => groups.map(({ source }) => source),
  sort: none,
  limit: none,
  limitBy: none,
  previous: none,
  expand: ({ source }) => [source],
  sample: none,
  changePoint: none,
  rank: ({ by }) => [by],
  parse: none,
  join: ({ on, match }) => [...on.flatMap(({ left, right }) => [left, right]), ...(match ? [match.place] : [])],
  union: none,
};

/** The columns of its inputs that a node looks at. */
export const readColumns = (plan: Plan): readonly Column[] => [
  ...ownColumns(plan),
  ...expressionsOf(plan).flatMap(columnsIn),
];

const ownColumns = (plan: Plan): readonly Column[] => (named[plan.kind] as (node: Plan) => readonly Column[])(plan);

/** The columns that some node of a plan looks at: it depends on them which rows come out. */
export const decidingColumns = (plan: Plan): readonly Column[] => [
  ...inputsOf(plan).flatMap(decidingColumns),
  ...readColumns(plan),
];

/** The columns that a node needs of each of its inputs, when these columns of its own are needed. */
export function neededBelow(plan: Plan, needed: Ids): readonly Ids[] {
  if (plan.kind === 'union') {
    const shown = plan.output.map(({ id }) => needed.has(id));
    return plan.branches.map(({ columns }) => new Set(columns.flatMap((column, i) => (shown[i] && column?.id) || [])));
  }
  const own = ownColumns(plan);
  const expressions = expressionsOf(plan);
  const isTransparent = plan.kind !== 'aggregate' && plan.kind !== 'join';
  if (isTransparent && own.length === 0 && expressions.length === 0) return inputsOf(plan).map(() => needed);
  const below = plan.kind === 'aggregate' ? new Set<number>() : new Set(needed);
  for (const { id } of own) below.add(id);
  for (const expression of expressions)
    walkExpression(expression, (part) => {
      if (part.kind === 'column') below.add(part.column.id);
    });
  if (plan.kind === 'join') for (const { source } of plan.taken) below.add(source.id);
  return inputsOf(plan).map(() => below);
}

/** The columns that may be read of a node's rows, those that it does not show among them. */
export function knownColumns(plan: Plan): readonly Column[] {
  switch (plan.kind) {
    case 'scan':
      return plan.columns.map(({ column }) => column);
    case 'oneRow':
    case 'aggregate':
    case 'union':
      return plan.output;
    case 'compute':
      return [...knownColumns(plan.input), ...plan.definitions.map(({ column }) => column)];
    case 'join':
      return [...knownColumns(plan.input), ...plan.taken.map(({ column }) => column)];
    case 'parse':
      return [...knownColumns(plan.input), ...plan.columns];
    case 'expand':
      return [...knownColumns(plan.input), plan.column, ...(plan.place ? [plan.place] : [])];
    case 'previous':
    case 'rank':
      return [...knownColumns(plan.input), plan.column];
    case 'changePoint':
      return [...knownColumns(plan.input), plan.type, plan.pvalue];
    case 'filter':
    case 'project':
    case 'sort':
    case 'limit':
    case 'limitBy':
    case 'sample':
      return knownColumns(plan.input);
  }
}
