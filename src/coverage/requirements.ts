import type { SourceText } from '../diagnostics/source-text.ts';
import type { Column } from '../plan/column.ts';
import { columnsIn, type Expression, reference, rewriteExpression, walkExpression } from '../plan/expression.ts';
import { type AggregateCall, type EventMark, inputsOf, type Plan, type Scan } from '../plan/nodes.ts';
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

/** A condition that rows need not fulfil: the WHERE of an aggregate, or the condition of a CASE. */
interface InnerCondition extends EventCondition {
  readonly isInner: true;
}

/** A condition on the kind of event: its platform, category, action, dataset. */
export interface Selector extends EventCondition {
  readonly text: string;
  /** Says on which platform events happened. */
  readonly isPlatform: boolean;
  /** Says where events come from: their platform, or the source that recorded them. */
  readonly saysWhence: boolean;
  /** The values that it asks for, one of which would do or all of which must hold. */
  readonly values: readonly AskedValue[];
}

/** A condition on what happened, or on the kind of event, as it stands in the query. */
export interface TextCondition extends EventCondition {
  readonly text: string;
}

/** A condition on the time of events. */
export interface RequiredBound extends TimeBound, EventCondition {}

/** A field that the query does something with, or what events have beside their fields. */
export interface RequiredField {
  readonly name: string;
  readonly column: Column;
  readonly isInData: boolean;
}

/** What a query reads of METADATA. */
export const isMark = ({ name }: Pick<RequiredField, 'name'>): boolean => name.startsWith('_');

/** What a query asks of the events that one FROM of it reads. Conditions that stand last in the query come first. */
export interface Requirements {
  readonly scan: Scan;
  readonly fields: readonly RequiredField[];
  readonly selectors: readonly Selector[];
  readonly bounds: readonly RequiredBound[];
  /** Conditions on the kind of event that only some aggregate, or some value, asks for. */
  readonly inner: readonly Selector[];
  /** All conditions on single events but those on their time. */
  readonly events: readonly TextCondition[];
  /** All conditions on single events, as they stand in the plan. */
  readonly conditions: readonly Expression[];
  /** Columns of events that a condition on single events is about. */
  readonly filteredOn: ReadonlySet<number>;
}

/** Fields that say what kind of event it is, not what happened in it. */
const kindField =
  /^(?:host\.os\.(?:type|family|platform|name)|event\.(?:kind|category|type|action|dataset|module|provider|code)|data_stream\.\w+|network\.direction|winlog\.(?:channel|event_id|provider_name))$/;
const platformField = /^host\.os\./;
const sourceField = /^(?:host\.os\..*|event\.(?:dataset|module)|data_stream\..*|winlog\.channel)$/;

/**
 * What each scan of a plan must find, in the order in which one comes to the scans from above; those of branches too, each
 * with what its own rows must fulfil. The plan's scans hold only what is read.
 */
export function requirementsOf(plan: Plan, source: SourceText): Requirements[] {
  const found: Requirements[] = [];
  const visit = (node: Plan, conditions: readonly Asked[]): void => {
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
        const outer = inTermsOf(conditions, new Map(keys.map(([id, key]) => [id, reference(key, nowhere)])));
        visit(node.input, [...outer, ...node.aggregates.flatMap(innerConditions)]);
        return;
      }
      case 'compute': {
        const made = new Map(node.definitions.map(({ column, expression }) => [column.id, expression]));
        const own = node.definitions.flatMap(({ expression }) => casesIn(expression));
        visit(node.input, [...conditions.flatMap((one) => substituted(one, made) ?? []), ...own]);
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
            return own ? [[id, reference(own, nowhere)] as const] : [];
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

type Asked = EventCondition | InnerCondition;
const isInner = (one: Asked): one is InnerCondition => 'isInner' in one;

const nowhere = { start: 0, end: 0 };

/** More makes questions that take long to read. */
const largestCondition = 500;

/** The conditions that can be said in terms of other columns. */
const inTermsOf = (conditions: readonly Asked[], columns: ReadonlyMap<number, Expression>): Asked[] =>
  conditions
    .filter(({ condition }) => columnsIn(condition).every(({ id }) => columns.has(id)))
    .flatMap((one) => substituted(one, columns) ?? []);

/** A condition with expressions in place of columns; null where it becomes too large. */
function substituted(one: Asked, columns: ReadonlyMap<number, Expression>): Asked | null {
  if (!columnsIn(one.condition).some(({ id }) => columns.has(id))) return one;
  const condition = rewriteExpression(one.condition, (part) => {
    const own = part.kind === 'column' ? columns.get(part.column.id) : undefined;
    return own ? { ...own, span: part.span } : part;
  });
  let size = 0;
  walkExpression(condition, () => {
    size += 1;
  });
  return size > largestCondition ? null : { ...one, condition };
}

/** The conditions that an aggregate has of its own. */
const innerConditions = ({ filter, args }: AggregateCall): InnerCondition[] => [
  ...(filter ? conjuncts(filter).map(inner) : []),
  ...(filter ? casesIn(filter) : []),
  ...args.flatMap(casesIn),
];

const inner = (condition: Expression): InnerCondition => ({ condition, original: condition, isInner: true });

/** The conditions of every CASE in an expression. */
function casesIn(expression: Expression): InnerCondition[] {
  const found: InnerCondition[] = [];
  walkExpression(expression, (part) => {
    if (part.kind !== 'call' || part.function !== 'CASE') return;
    part.args.forEach((arg, i) => {
      if (i % 2 === 0 && i + 1 < part.args.length) found.push(...conjuncts(arg).map(inner));
    });
  });
  return found;
}

function ofScan(scan: Scan, conditions: readonly Asked[], source: SourceText): Requirements {
  const names = new Map<number, string>();
  for (const { column, source: field } of scan.columns) if (typeof field === 'object') names.set(column.id, field.name);
  const ofEvents = conditions.filter(({ condition }) => {
    const columns = columnsIn(condition);
    return columns.length > 0 && columns.every(({ id }) => names.has(id));
  });
  const own = ofEvents.filter((one) => !isInner(one));
  const timestamps = timestampsOf(scan);
  const isSelector = ({ condition }: EventCondition): boolean =>
    columnsIn(condition).every(({ id }) => kindField.test(names.get(id)!));
  const textOf = ({ condition }: EventCondition): string => source.slice(condition.span).replace(/\s+/g, ' ');
  const selector = (one: EventCondition): Selector => ({
    condition: one.condition,
    original: one.original,
    text: textOf(one),
    isPlatform: columnsIn(one.condition).every(({ id }) => platformField.test(names.get(id)!)),
    saysWhence: columnsIn(one.condition).every(({ id }) => sourceField.test(names.get(id)!)),
    values: askedValues(one.condition, source),
  });
  const bounds = own.flatMap((one) => timeBounds(one.condition, timestamps).map((bound) => ({ ...bound, ...one })));
  return {
    scan,
    fields: scan.columns.flatMap(({ column, source: field }) =>
      typeof field === 'object'
        ? [{ name: field.name, column, isInData: field.column !== null }]
        : hasNotAlways(field)
          ? [{ name: field, column, isInData: true }]
          : [],
    ),
    selectors: own.filter(isSelector).map(selector),
    inner: ofEvents.filter(isInner).filter(isSelector).map(selector),
    bounds,
    events: own
      .filter(({ original }) => !bounds.some((bound) => bound.original === original))
      .map((one) => ({ ...one, text: textOf(one) })),
    conditions: own.map(({ original }) => original),
    filteredOn: new Set(
      own
        .filter((one) => !isSelector(one))
        .flatMap(({ condition }) => columnsIn(condition))
        .map(({ id }) => id),
    ),
  };
}

/** What only some engines know of events, or nothing where nothing is to be said. */
const hasNotAlways = (mark: EventMark): boolean => mark !== '_index' && mark !== '_place';

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
