import type { SourceText } from '../diagnostics/source-text.ts';
import type { Column } from '../plan/column.ts';
import { columnsIn, type Expression } from '../plan/expression.ts';
import { inputsOf, type Plan, type Scan } from '../plan/nodes.ts';
import { conjuncts, type TimeBound, timeBounds, timestampsOf } from '../plan/time-bounds.ts';

/** A single value that a condition on the kind of event asks for. */
export interface AskedValue {
  /** As ES|QL, for people: `host.os.family == "macos"`. */
  readonly text: string;
  readonly condition: Expression;
}

/** A condition on the kind of event: its platform, category, action, dataset. */
export interface Selector {
  readonly text: string;
  readonly condition: Expression;
  /** Says on which platform events happened. */
  readonly isPlatform: boolean;
  /** The values that it asks for, one of which would do or all of which must hold. */
  readonly values: readonly AskedValue[];
}

/** What a query asks of the events that one FROM of it reads. */
export interface Requirements {
  readonly scan: Scan;
  /** The fields that the query does something with. */
  readonly fields: readonly { readonly name: string; readonly column: Column; readonly isInData: boolean }[];
  readonly selectors: readonly Selector[];
  readonly bounds: readonly TimeBound[];
  /** Columns of events that a condition on single events is about. */
  readonly filteredOn: ReadonlySet<number>;
}

/** Fields that say what kind of event it is, not what happened in it. */
const kindField =
  /^(?:host\.os\.(?:type|family|platform|name)|event\.(?:kind|category|type|action|dataset|module|provider|code)|data_stream\.\w+|network\.direction|winlog\.(?:channel|event_id|provider_name))$/;
const platformField = /^host\.os\./;

/** What each FROM of a plan must find. The plan has been rewritten: its scans hold only what is read. */
export function requirementsOf(plan: Plan, source: SourceText): Requirements[] {
  const found = new Map<string, Requirements>();
  const visit = (node: Plan, conditions: readonly Expression[]): void => {
    switch (node.kind) {
      case 'scan': {
        // Branches read the same events again.
        const key = node.columns.map(({ column }) => column.id).join(' ');
        if (node.columns.length > 0 && !found.has(key)) found.set(key, ofScan(node, conditions, source));
        return;
      }
      case 'filter':
        visit(node.input, [...conditions, ...conjuncts(node.condition)]);
        return;
      case 'compute':
      case 'project':
      case 'sort':
      case 'limit':
      case 'parse':
        visit(node.input, conditions);
        return;
      default:
        for (const input of inputsOf(node)) visit(input, []);
    }
  };
  visit(plan, []);
  return [...found.values()];
}

function ofScan(scan: Scan, conditions: readonly Expression[], source: SourceText): Requirements {
  const names = new Map<number, string>();
  for (const { column, source: field } of scan.columns) if (typeof field === 'object') names.set(column.id, field.name);
  const own = conditions.filter((condition) => {
    const columns = columnsIn(condition);
    return columns.length > 0 && columns.every(({ id }) => scan.columns.some(({ column }) => column.id === id));
  });
  const timestamps = timestampsOf(scan);
  const isSelector = (condition: Expression): boolean =>
    columnsIn(condition).every(({ id }) => kindField.test(names.get(id) ?? ''));
  return {
    scan,
    fields: scan.columns.flatMap(({ column, source: field }) =>
      typeof field === 'object' ? [{ name: field.name, column, isInData: field.column !== null }] : [],
    ),
    selectors: own.filter(isSelector).map((condition) => ({
      text: source.slice(condition.span).replace(/\s+/g, ' '),
      condition,
      isPlatform: columnsIn(condition).every(({ id }) => platformField.test(names.get(id) ?? '')),
      values: askedValues(condition, source),
    })),
    bounds: own.flatMap((condition) => timeBounds(condition, timestamps)),
    filteredOn: new Set(
      own
        .filter((condition) => !isSelector(condition))
        .flatMap(columnsIn)
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
