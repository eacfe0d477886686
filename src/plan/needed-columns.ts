import type { Column } from './column.ts';
import { columnsIn } from './expression.ts';
import { expressionsOf, inputsOf, type Plan } from './nodes.ts';

type Kind = Plan['kind'];
type Ids = ReadonlySet<number>;

const none = (): readonly Column[] => [];

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
  ...expressionsOf(plan).flatMap(columnsIn),
  ...(named[plan.kind] as (node: Plan) => readonly Column[])(plan),
];

/** The columns that some node of a plan looks at: it depends on them which rows come out. */
export const decidingColumns = (plan: Plan): readonly Column[] => [
  ...inputsOf(plan).flatMap(decidingColumns),
  ...readColumns(plan),
];

/** The columns that a node needs of each of its inputs, when these columns of its own are needed. */
export function neededBelow(plan: Plan, needed: Ids): Ids[] {
  const read = idsOf(readColumns(plan));
  if (plan.kind === 'aggregate') return [new Set(read)];
  if (plan.kind === 'union')
    return plan.branches.map(({ columns }) => new Set(idsOf(columns.filter((_, i) => needed.has(plan.output[i]!.id)))));
  const taken = plan.kind === 'join' ? plan.taken.map(({ source }) => source) : [];
  return inputsOf(plan).map(() => new Set([...needed, ...read, ...idsOf(taken)]));
}

const idsOf = (columns: readonly (Column | null)[]): number[] => columns.flatMap((column) => column?.id ?? []);

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
