import type { SourceText } from '../diagnostics/source-text.ts';
import type { Column } from '../plan/column.ts';
import { columnsIn, type Expression, reference, rewriteExpression } from '../plan/expression.ts';
import { inputsOf, type Plan, type Scan } from '../plan/nodes.ts';
import { conjuncts, type TimeBound, timeBounds, timestampsOf } from '../plan/time-bounds.ts';

/** A single value that a condition on the kind of event asks for. */
export interface AskedValue {
  /** As ES|QL, for people: `host.os.family == "macos"`. */
  readonly text: string;
  readonly condition: Expression;
}

/** A condition that all rows must fulfil, in terms of the events of a scan, and as it stands in the plan. */
export interface EventCondition {
  readonly condition: Expression;
  readonly original: Expression;
}

/** A condition on the kind of event: its platform, category, action, dataset. */
export interface Selector extends EventCondition {
  readonly text: string;
  /** Says on which platform events happened. */
  readonly isPlatform: boolean;
  /** The values that it asks for, one of which would do or all of which must hold. */
  readonly values: readonly AskedValue[];
}

/** A condition on the time of events. */
export interface RequiredBound extends TimeBound, EventCondition {}

/** A field that the query does something with. */
export interface RequiredField {
  readonly name: string;
  readonly column: Column;
  readonly isInData: boolean;
}

/** What a query asks of the events that one FROM of it reads. Conditions that stand last in the query come first. */
export interface Requirements {
  readonly scan: Scan;
  readonly fields: readonly RequiredField[];
  readonly selectors: readonly Selector[];
  readonly bounds: readonly RequiredBound[];
  /** All conditions on single events, as they stand in the plan. */
  readonly conditions: readonly Expression[];
  /** Columns of events that a condition on single events is about. */
  readonly filteredOn: ReadonlySet<number>;
}

/** Fields that say what kind of event it is, not what happened in it. */
const kindField =
  /^(?:host\.os\.(?:type|family|platform|name)|event\.(?:kind|category|type|action|dataset|module|provider|code)|data_stream\.\w+|network\.direction|winlog\.(?:channel|event_id|provider_name))$/;
const platformField = /^host\.os\./;

/**
 * What each scan of a plan must find, in the order in which one comes to the scans from above; those of branches too, each
 * with what its own rows must fulfil. The plan's scans hold only what is read.
 */
export function requirementsOf(plan: Plan, source: SourceText): Requirements[] {
  const found: Requirements[] = [];
  const visit = (node: Plan, conditions: readonly EventCondition[]): void => {
    switch (node.kind) {
      case 'scan':
        found.push(ofScan(node, conditions, source));
        return;
      case 'filter': {
        const own = conjuncts(node.condition).map((condition) => ({ condition, original: condition }));
        visit(node.input, [...conditions, ...own]);
        return;
      }
      case 'aggregate': {
        const keys = node.groups.flatMap(({ source: key, column }) => (key.multi ? [] : [[column.id, key] as const]));
        visit(node.input, inTermsOf(conditions, new Map(keys)));
        return;
      }
      case 'join':
        visit(node.input, conditions);
        visit(node.right, []);
        return;
      case 'union':
        for (const branch of node.branches) {
          const columns = node.output.flatMap(({ id }, i) => {
            const own = branch.columns[i];
            return own ? [[id, own] as const] : [];
          });
          visit(branch.plan, inTermsOf(conditions, new Map(columns)));
        }
        return;
      default:
        // They compute, order and leave out rows: of those that are left, what follows holds.
        for (const input of inputsOf(node)) visit(input, conditions);
    }
  };
  visit(plan, []);
  return found;
}

/** The conditions that can be said in terms of other columns. */
const inTermsOf = (conditions: readonly EventCondition[], columns: ReadonlyMap<number, Column>): EventCondition[] =>
  conditions
    .filter(({ condition }) => columnsIn(condition).every(({ id }) => columns.has(id)))
    .map(({ condition, original }) => ({
      condition: rewriteExpression(condition, (part) =>
        part.kind === 'column' ? reference(columns.get(part.column.id)!, part.span) : part,
      ),
      original,
    }));

function ofScan(scan: Scan, conditions: readonly EventCondition[], source: SourceText): Requirements {
  const names = new Map<number, string>();
  for (const { column, source: field } of scan.columns) if (typeof field === 'object') names.set(column.id, field.name);
  const own = conditions.filter(({ condition }) => {
    const columns = columnsIn(condition);
    return columns.length > 0 && columns.every(({ id }) => names.has(id));
  });
  const timestamps = timestampsOf(scan);
  const isSelector = ({ condition }: EventCondition): boolean =>
    columnsIn(condition).every(({ id }) => kindField.test(names.get(id)!));
  return {
    scan,
    fields: scan.columns.flatMap(({ column, source: field }) =>
      typeof field === 'object' ? [{ name: field.name, column, isInData: field.column !== null }] : [],
    ),
    selectors: own.filter(isSelector).map((one) => ({
      ...one,
      text: source.slice(one.condition.span).replace(/\s+/g, ' '),
      isPlatform: columnsIn(one.condition).every(({ id }) => platformField.test(names.get(id)!)),
      values: askedValues(one.condition, source),
    })),
    bounds: own.flatMap((one) => timeBounds(one.condition, timestamps).map((bound) => ({ ...bound, ...one }))),
    conditions: own.map(({ original }) => original),
    filteredOn: new Set(
      own
        .filter((one) => !isSelector(one))
        .flatMap(({ condition }) => columnsIn(condition))
        .map(({ id }) => id),
    ),
  };
}

/** The equalities in a condition, those of an IN one by one; what is negated asks for no value. */
function askedValues(condition: Expression, source: SourceText): AskedValue[] {
  if (condition.kind !== 'call') return [];
  const { function: name } = condition;
  if (name === 'AND' || name === 'OR') return condition.args.flatMap((arg) => askedValues(arg, source));
  const text = (expression: Expression): string => source.slice(expression.span).replace(/\s+/g, ' ');
  if (name === '==' || name === 'LIKE') return [{ text: text(condition), condition }];
  if (name !== 'IN') return [];
  const [value, ...members] = condition.args as [Expression, ...Expression[]];
  return members.map((member) => ({
    text: `${text(value)} == ${text(member)}`,
    condition: { ...condition, args: [value, member] },
  }));
}
