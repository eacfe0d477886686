import type { SourceText } from '../../diagnostics/source-text.ts';
import { cannotFail } from '../../functions/cannot-fail.ts';
import type { Column } from '../../plan/column.ts';
import { columnsIn } from '../../plan/expression.ts';
import { knownColumns } from '../../plan/needed-columns.ts';
import type { Aggregate, Limit, Plan } from '../../plan/nodes.ts';
import { ident, join, type Sql, sql, text } from '../sql.ts';
import type { EventRelation } from './event-relation.ts';
import { placeOf } from './expressions.ts';
import { overFirstIndices } from './first-indices.ts';
import { emitAggregate } from './nodes/aggregate.ts';
import { categoriesIn, emitByCategory, groupedByCategory } from './nodes/by-category.ts';
import { emitChangePoint } from './nodes/change-point.ts';
import { emitCollect } from './nodes/collect.ts';
import { emitCompute } from './nodes/compute.ts';
import { emitExpand } from './nodes/expand.ts';
import { emitFilter, emitFilterOfEvents } from './nodes/filter.ts';
import { emitJoin } from './nodes/join.ts';
import { emitLimit, sortKeysOf, tablesToCut } from './nodes/limit.ts';
import { emitLimitBy } from './nodes/limit-by.ts';
import { emitMatch } from './nodes/match.ts';
import { emitParse } from './nodes/parse.ts';
import { emitPrevious } from './nodes/previous.ts';
import { emitRank } from './nodes/rank.ts';
import { emitScan } from './nodes/scan.ts';
import { emitUnion } from './nodes/union.ts';
import { orderBy } from './order-by.ts';
import { type Rows, Statement, type Step, statementOf } from './statement.ts';
import type { WarningSites } from './warning-sites.ts';

/** A plan as one SQL statement. */
export interface Emitted {
  readonly sql: Sql;
  /** The same in parts. */
  readonly steps: readonly Step[];
  readonly end: Sql;
  /** For each column of the result, in order: the SQL columns that hold single values and lists. */
  readonly output: readonly { readonly column: Column; readonly hasList: boolean }[];
  readonly sites: WarningSites;
  /** Rows that the result has at least, as long as no event is deleted; null where that is not known. */
  readonly leastRows: number | null;
}

/**
 * Turns a plan into one statement, a chain of common table expressions with one step for each node that does work, so
 * that the engine's optimiser sees all of it. Its warning sites are numbered from `firstSite` on.
 */
export function emit(whole: Plan, source: SourceText, relation: EventRelation, firstSite = 0): Emitted {
  const { plan, leastRows } = overFirstIndices(whole, relation);
  const statement = new Statement(source, firstSite);
  const last = emitNode(plan, relation, statement);
  const output = plan.output.map((column) => ({ column, value: placeOf(column, last.columns) }));
  const items = output.flatMap(({ value }, i) => [
    sql`${value.single} AS ${ident(`c${i}`)}`,
    ...(value.list ? [sql`${value.list} AS ${ident(`l${i}`)}`] : []),
  ]);
  const select = items.length > 0 ? join(items, ', ') : sql`true AS ${ident('row')}`;
  const end = sql`SELECT ${select} FROM ${last.name}`;
  return {
    sql: statementOf(statement.steps, end),
    steps: statement.steps,
    end,
    output: output.map(({ column, value }) => ({ column, hasList: value.list !== null })),
    sites: statement.sites,
    leastRows,
  };
}

interface Around {
  /** The rows that a node is to be joined to, where it makes something of the same rows. */
  readonly beside?: Rows;
  /** Whether the order of its rows does not matter. */
  readonly anyOrder?: boolean;
}

/** Adds to a statement what a node and those before it do. */
function emitNode(plan: Plan, relation: EventRelation, statement: Statement, around: Around = {}): Rows {
  const { beside, anyOrder = false } = around;
  const rowsOf = (node: Plan): Rows => {
    const inAnyOrder = plan.kind === 'aggregate' || (anyOrder && keepsRows.has(plan.kind));
    return emitNode(node, relation, statement, beside ? { beside, anyOrder: inAnyOrder } : { anyOrder: inAnyOrder });
  };
  switch (plan.kind) {
    case 'scan':
      return emitScan(plan, relation, statement);
    case 'oneRow':
      return statement.step('row', sql`SELECT ${statement.nothing()}`, new Map());
    case 'filter': {
      const { input: scan } = plan;
      const input = rowsOf(scan);
      if (scan.kind !== 'scan' || !anyOrder || (relation.tables?.(scan.indices).length ?? 1) > fewTables)
        return emitFilter(plan, input, statement);
      const read = new Set(columnsIn(plan.condition).map(({ id }) => id));
      const columns = scan.columns.filter(({ column }) => read.has(column.id));
      return emitFilterOfEvents(plan, input, statement, () => emitScan({ ...scan, columns }, relation, statement));
    }
    case 'compute':
      return emitCompute(plan, rowsOf(plan.input), statement);
    case 'project':
      return rowsOf(plan.input);
    case 'aggregate': {
      const categorized = groupedByCategory(plan);
      if (categorized) {
        const group = (part: Aggregate, rows: Rows): Rows => emitAggregate(part, rows, statement);
        return emitByCategory(plan, categorized, rowsOf(categorized.join.input), statement, group);
      }
      // Texts are cut into tokens once, for their categories and for the rows that get these.
      if (beside && isOfCategories(plan)) return emitAggregate(plan, beside, statement);
      const input = rowsOf(plan.input);
      if (keepsMuch(plan) && isScattered(plan.input, relation)) statement.gather();
      return emitAggregate(plan, input, statement);
    }
    case 'sort': {
      const input = rowsOf(plan.input);
      const keys = orderBy(plan.keys, input, statement);
      if (keys.length === 0) return input;
      return statement.step('sort', sql`SELECT * FROM ${input.name} ORDER BY ${join(keys, ', ')}`, input.columns);
    }
    case 'limit': {
      const tables = tablesToCut(plan, relation);
      if (tables.length > 0) return emitCutTables(plan, tables, statement);
      // With its order in one step, where it has one: a step that is not there need not be planned.
      const { input } = plan;
      return input.kind === 'sort'
        ? emitLimit(plan, input.keys, rowsOf(input.input), statement)
        : emitLimit(plan, [], rowsOf(input), statement);
    }
    case 'limitBy': {
      // It says itself in which order it wants the rows.
      const input = plan.input.kind === 'sort' && plan.order.length > 0 ? plan.input.input : plan.input;
      return emitLimitBy(plan, rowsOf(input), statement, isCheap(input) ? () => rowsOf(input) : null);
    }
    case 'previous':
      return emitPrevious(plan, rowsOf(plan.input), statement);
    case 'expand':
      return emitExpand(plan, rowsOf(plan.input), statement);
    case 'sample': {
      const input = rowsOf(plan.input);
      // As a condition it would sink below what makes several rows of one, and be asked of that one alone.
      const draw = ident(statement.alias('(draw)'));
      const chance = sql`${draw} < ${text(String(plan.probability))}::DOUBLE`;
      const drawn = sql`(SELECT *, random() AS ${draw} FROM ${input.name})`;
      return statement.step('sample', sql`SELECT * EXCLUDE (${draw}) FROM ${drawn} WHERE ${chance}`, input.columns);
    }
    case 'changePoint':
      return emitChangePoint(plan, rowsOf(plan.input), statement);
    case 'rank':
      return emitRank(plan, rowsOf(plan.input), statement);
    case 'parse':
      return emitParse(
        plan,
        rowsOf(plan.input),
        statement,
        anyOrder && isCheap(plan.input) ? () => rowsOf(plan.input) : null,
      );
    case 'join': {
      const left = rowsOf(plan.input);
      // DuckDB (1.5) would cut each text into tokens for its category, and again for the row that gets it.
      if (categoriesIn(plan.right)) statement.gather();
      const right = emitNode(plan.right, relation, statement, { beside: left });
      if (plan.match) return emitMatch({ ...plan, match: plan.match }, left, right, statement);
      return (plan.collect ? emitCollect : emitJoin)(plan, left, right, statement);
    }
    case 'union':
      return emitUnion(
        plan,
        plan.branches.map((branch) => rowsOf(branch.plan)),
        statement,
      );
  }
}

/** The first rows of each table, and the first of these. */
function emitCutTables(plan: Limit, tables: readonly EventRelation[], statement: Statement): Rows {
  const output = [...new Map(knownColumns(plan).map((column) => [column.id, column])).values()];
  const branches = tables.map(() => ({ plan, columns: output }));
  const cut = tables.map((table) => emitNode(plan, table, statement));
  return emitLimit(plan, sortKeysOf(plan), emitUnion({ kind: 'union', branches, output }, cut, statement), statement);
}

/** Whether rows are read from events and tested, and nothing more: they may be asked for twice. */
function isCheap(plan: Plan): boolean {
  switch (plan.kind) {
    case 'scan':
      return true;
    case 'project':
      return isCheap(plan.input);
    case 'filter':
      return isCheap(plan.input) && cannotFail(plan.condition);
    case 'compute':
      return isCheap(plan.input) && plan.definitions.every(({ expression }) => cannotFail(expression));
    default:
      return false;
  }
}

/**
 * Whether rows come from many small tables, one row at a time. Each table of a UNION ALL is a pipeline of its own, and an
 * aggregate keeps a megabyte for each until its end: groups of 30,000 events in 300 tables took 268 ms of processor time as
 * the first statement of a process and 60 as a later one, and take 98 and 22 with the rows put together first.
 */
function isScattered(plan: Plan, relation: EventRelation): boolean {
  if (plan.kind === 'scan') return relation.isScattered?.(plan.indices) ?? false;
  return keepsRows.has(plan.kind) && 'input' in plan && isScattered(plan.input, relation);
}

/** Whether an aggregate keeps more than a few numbers for all its rows. */
const keepsMuch = ({ groups, aggregates }: Aggregate): boolean =>
  groups.length > 0 || aggregates.some((call) => !keepsLittle.has(call.function));

const keepsLittle: ReadonlySet<string> = new Set(['COUNT', 'SUM', 'MIN', 'MAX', 'AVG']);

/** More tables are not named twice in a statement: each takes its time to plan. */
const fewTables = 8;

/** Nodes that say nothing of the order of rows, and look at each for itself. */
const keepsRows: ReadonlySet<Plan['kind']> = new Set(['filter', 'compute', 'project', 'parse', 'expand', 'union']);

const isOfCategories = ({ aggregates }: Aggregate): boolean =>
  aggregates.some((call) => call.function === 'CATEGORIES');
