import type { Cell, ColumnInfo, Scalar } from '../../contract/question.ts';
import type { Origin } from '../../contract/states.ts';
import { conditionOn } from './copy.ts';
import { literal, nameText } from './literals.ts';

/** What a filter does to the question: a chip on events, a WHERE behind the text on rows, or another window or threshold. */
export type Effect =
  | { readonly kind: 'events'; readonly keeps: boolean; readonly condition: string }
  | { readonly kind: 'rows'; readonly condition: string }
  | { readonly kind: 'window'; readonly window: string }
  | { readonly kind: 'threshold'; readonly name: string; readonly value: string };

/** How the number of rows that a filter leaves is known: asked of the events, or from rows of this answer. */
export type Count = 'events' | 'same' | 'others' | 'at least' | 'below' | null;

export interface Filter {
  readonly label: string;
  readonly effect: Effect;
  readonly count: Count;
}

/** Thresholds of the query, by name. */
type Thresholds = readonly { readonly name: string; readonly operator: string }[];

const isNumber = (type: string): boolean => /^(?:long|integer|double|unsigned_long)$/.test(type);
const isTime = (type: string): boolean => type === 'date' || type === 'date_nanos';

/**
 * What filters from a cell mean. Values of events and keys are conditions on events, where these can be about them; keys
 * are offered on rows as well. What is made of groups has no equality: it is compared, or becomes a threshold.
 */
export function filtersOf(column: ColumnInfo, origin: Origin, value: Cell, thresholds: Thresholds): Filter[] {
  const { type, name } = column;
  const found: Filter[] = [];
  if (origin.kind === 'aggregate' && (isNumber(type) || isTime(type)) && value !== null && !Array.isArray(value))
    return comparisons(column, value as Scalar, thresholds);
  if (isTime(type) && typeof value === 'string' && (origin.kind === 'key' || origin.field === '@timestamp'))
    found.push(...windows(value));
  if (origin.field !== null)
    for (const { label, condition } of statements(origin.field, type, value))
      found.push(
        { label: `Only ${label}`, effect: { kind: 'events', keeps: true, condition }, count: 'events' },
        { label: `Exclude ${label}`, effect: { kind: 'events', keeps: false, condition }, count: 'events' },
      );
  if (origin.kind !== 'event' || origin.field === null)
    for (const [i, { label, condition }] of statements(name, type, value).entries())
      found.push(
        { label: `Only ${label}`, effect: { kind: 'rows', condition }, count: i === 0 ? 'same' : null },
        {
          label: `Exclude ${label}`,
          effect: { kind: 'rows', condition: `NOT COALESCE(${condition}, false)` },
          count: i === 0 ? 'others' : null,
        },
      );
  return found;
}

/** Thresholds and comparisons for what is made of groups. */
function comparisons({ name, type }: ColumnInfo, value: Scalar, thresholds: Thresholds): Filter[] {
  const text = literal(value, type);
  if (text === null) return [];
  const field = nameText(name);
  const own = thresholds.find((threshold) => threshold.name === name);
  const at: Filter[] = own
    ? [
        {
          label: `Threshold here: ${name} ${own.operator} ${text}`,
          effect: { kind: 'threshold', name, value: text },
          count: own.operator === '>=' ? 'at least' : own.operator === '<' ? 'below' : null,
        },
      ]
    : [];
  return [
    ...at,
    { label: `Only ${name} >= ${text}`, effect: { kind: 'rows', condition: `${field} >= ${text}` }, count: 'at least' },
    { label: `Only ${name} < ${text}`, effect: { kind: 'rows', condition: `${field} < ${text}` }, count: 'below' },
  ];
}

interface Statement {
  readonly label: string;
  readonly condition: string;
}

/** What can be said of a value; the first says that it is this one. */
function statements(name: string, type: string, value: Cell): Statement[] {
  const field = nameText(name);
  const plain = (condition: string): Statement => ({ label: condition, condition });
  if (value === null || value === '')
    return [
      ...(value === null || type !== 'keyword' ? [plain(`${field} IS NULL`)] : [plain(`${field} == ""`)]),
      ...(type !== 'keyword' && type !== 'text' ? [] : [plain(value === null ? `${field} == ""` : `${field} IS NULL`)]),
    ];
  const exact = conditionOn(name, type, value);
  if (exact === null) return [];
  if (Array.isArray(value)) {
    const each = (value as readonly Scalar[]).slice(0, mostValues).map((one): Statement => {
      const condition = `MV_CONTAINS(${field}, ${literal(one, type)!})`;
      return { label: `${name} has ${literal(one, type)!}`, condition };
    });
    return [{ label: `${name} has exactly these ${value.length}`, condition: exact }, ...each];
  }
  return [plain(exact), ...(type === 'ip' ? networks(field, String(value)) : [])];
}

/** Values of a list that are offered one by one. */
const mostValues = 5;

const privateNetworks = [
  ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '127.0.0.0/8', '169.254.0.0/16'],
  ...['fc00::/7', 'fe80::/10', '::1/128'],
];

/** The networks around an address. */
function networks(field: string, address: string): Statement[] {
  const v4 = /^(\d+)\.(\d+)\.\d+\.\d+$/.exec(address);
  const [near, wide] = v4
    ? [`${address.split('.').slice(0, 3).join('.')}.0/24`, `${v4[1]}.${v4[2]}.0.0/16`]
    : [`${address}/64`, `${address}/48`];
  const of = (network: string): Statement => ({
    label: `${field} in ${network}`,
    condition: `CIDR_MATCH(${field}, "${network}")`,
  });
  return [
    of(near),
    of(wide),
    {
      label: `${field} outside private networks`,
      condition: `NOT CIDR_MATCH(${field}, ${privateNetworks.map((network) => `"${network}"`).join(', ')})`,
    },
  ];
}

const spans = [
  { name: 'minute', milliseconds: 60_000 },
  { name: 'hour', milliseconds: 3_600_000 },
  { name: 'day', milliseconds: 86_400_000 },
];

/** The windows that a time lies in. */
function windows(value: string): Filter[] {
  const time = Date.parse(value);
  if (Number.isNaN(time)) return [];
  return spans.map(({ name, milliseconds }) => {
    const from = Math.floor(time / milliseconds) * milliseconds;
    const text = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z');
    const window = `${text(from)}/${text(from + milliseconds)}`;
    return { label: `Window: this ${name}`, effect: { kind: 'window', window }, count: null };
  });
}

/** A text with one more command behind it. A comment at its end reaches no further than its line. */
export const withWhere = (text: string, condition: string): string => `${text.trimEnd()}\n| WHERE ${condition}`;

/** A text whose answer has more rows: its last LIMIT, or one behind it. */
export const withLimit = (text: string, rows: number): string =>
  /\|\s*LIMIT\s+\d+\s*$/i.test(text)
    ? text.replace(/(\|\s*LIMIT\s+)\d+\s*$/i, `$1${rows}`)
    : `${text.trimEnd()}\n| LIMIT ${rows}`;
