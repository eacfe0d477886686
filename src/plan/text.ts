import { listOfIndex } from '../catalogue/lookup-list.ts';
import { formatDate, formatDateNanos } from '../values/date.ts';
import { formatIp } from '../values/ip.ts';
import { javaDouble } from '../values/java-double.ts';
import type { EsqlType } from '../values/types.ts';
import type { Column } from './column.ts';
import type { ConstantScalar, ConstantValue, Expression } from './expression.ts';
import { inputsOf, type Plan, type SortKey } from './nodes.ts';

/** A plan as text for people and tests: a line for each node, the source last. */
export function planText(plan: Plan): string {
  const lines: string[] = [];
  const add = (node: Plan, depth: number): void => {
    lines.push('  '.repeat(depth) + nodeText(node));
    for (const input of inputsOf(node)) add(input, depth + 1);
  };
  add(plan, 0);
  return lines.join('\n');
}

function nodeText(plan: Plan): string {
  switch (plan.kind) {
    case 'scan': {
      const indices = plan.indices === null ? 'every index' : plan.indices.map(indexText).join(', ') || 'no index';
      const columns = plan.columns.map(({ column, source }) => {
        const absent = typeof source === 'object' && source.column === null ? ' (in no event)' : '';
        return `${columnText(column)}${absent}`;
      });
      return `scan ${indices}: ${columns.join(', ')}`;
    }
    case 'oneRow':
      return 'one row';
    case 'filter':
      return `filter ${expressionText(plan.condition)}`;
    case 'compute':
      return `compute ${plan.definitions.map(({ column, expression }) => `${columnText(column)} = ${expressionText(expression)}`).join(', ')}`;
    case 'project':
      return `project ${plan.output.map(columnText).join(', ')}`;
    case 'aggregate': {
      const calls = plan.aggregates.map(({ column, function: name, args, filter }) => {
        const where = filter ? ` WHERE ${expressionText(filter)}` : '';
        return `${columnText(column)} = ${name}(${args.map(expressionText).join(', ')})${where}`;
      });
      const groups = plan.groups.map(({ source, column }) => `${column.name}${source.multi ? ' (each value)' : ''}`);
      return `aggregate ${calls.join(', ')}${groups.length > 0 ? ` by ${groups.join(', ')}` : ''}`;
    }
    case 'sort':
      return `sort ${orderText(plan.keys)}`;
    case 'limitBy': {
      const order = plan.order.length > 0 ? ` in order ${orderText(plan.order)}` : '';
      return `limit ${plan.count} by ${plan.keys.map(expressionText).join(', ')}${order}`;
    }
    case 'previous': {
      const groups = plan.groups.length > 0 ? ` by ${plan.groups.map(expressionText).join(', ')}` : '';
      return `previous ${columnText(plan.column)} = ${expressionText(plan.value)} in order ${orderText(plan.order)}${groups}`;
    }
    case 'expand':
      return `expand ${columnText(plan.source)}`;
    case 'sample':
      return `sample ${plan.probability}`;
    case 'changePoint': {
      const groups = plan.groups.length > 0 ? ` by ${plan.groups.map(expressionText).join(', ')}` : '';
      return `change point of ${expressionText(plan.value)} in order ${orderText(plan.order)}${groups}`;
    }
    case 'rank':
      return `rank by ${plan.by.name} into ${columnText(plan.column)}`;
    case 'parse':
      return `${plan.parser.name} ${expressionText(plan.value)} into ${plan.columns.map(columnText).join(', ')}`;
    case 'join': {
      const sign = plan.match && plan.match.by !== 'value' ? plan.match.by : '=';
      const keys = plan.on.map(({ left, right }) => `${left.name} ${sign} ${right.name}`);
      const condition = plan.condition ? [expressionText(plan.condition)] : [];
      const taken = plan.taken.map(({ column }) => columnText(column)).join(', ');
      return `${plan.collect ? 'collect' : 'join'} ${taken} on ${[...keys, ...condition].join(' and ') || 'nothing'}`;
    }
    case 'union':
      return `union of ${plan.branches.length}`;
    case 'limit':
      return `limit ${plan.count}`;
  }
}

/** Names of lists as people know them. */
function indexText(index: string): string {
  const list = listOfIndex(index);
  return list === null ? index : `list ${list}`;
}

const orderText = (keys: readonly SortKey[]): string =>
  keys
    .map(
      ({ expression, descending, nulls }) =>
        `${expressionText(expression)} ${descending ? 'desc' : 'asc'} nulls ${nulls}`,
    )
    .join(', ');

const columnText = ({ name, type, multi }: Column): string => `${name}:${type}${multi ? '[]' : ''}`;

const infix = /^(?:[-+*/%<>]|[=!<>]=|AND|OR|LIKE|RLIKE|IN)$/;

/** An expression as text, operators between their operands. */
export function expressionText(expression: Expression): string {
  switch (expression.kind) {
    case 'constant':
      return constantText(expression.type, expression.value);
    case 'column':
      return expression.column.name;
    case 'inRanges': {
      const ranges = expression.ranges.map(({ low, high }) =>
        low === high ? formatIp(low) : `${formatIp(low)}–${formatIp(high)}`,
      );
      return `${expressionText(expression.value)} in ranges (${ranges.join(', ')})`;
    }
    case 'search':
      return `${expression.function}(${expression.fields.map(({ value }) => expressionText(value)).join(', ')})`;
    case 'invalid':
      return '(invalid)';
    case 'call': {
      const { function: name } = expression;
      const args = expression.args.map(expressionText);
      if (name === 'IN') return `${args[0]} IN (${args.slice(1).join(', ')})`;
      if (name === 'NOT') return `NOT ${args[0]}`;
      if (name.startsWith('IS ')) return `${args[0]} ${name}`;
      if (infix.test(name) && args.length === 2) return `(${args[0]} ${name} ${args[1]})`;
      return `${name}(${args.join(', ')})`;
    }
  }
}

function constantText(type: EsqlType, value: ConstantValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value))
    return `[${(value as readonly ConstantScalar[]).map((item) => scalarText(type, item)).join(', ')}]`;
  if (typeof value === 'object' && 'months' in value) {
    const { months, days, milliseconds } = value;
    return (
      [`${months} months`, `${days} days`, `${milliseconds} ms`].filter((part) => !part.startsWith('0 ')).join(' ') ||
      '0 ms'
    );
  }
  return scalarText(type, value as ConstantScalar);
}

function scalarText(type: EsqlType, value: ConstantScalar): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return javaDouble(value);
  if (type === 'date') return formatDate(value as bigint);
  if (type === 'date_nanos') return formatDateNanos(value as bigint);
  return type === 'ip' ? formatIp(value as bigint) : String(value);
}
