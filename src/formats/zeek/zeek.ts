import { type Column, convertRows, type DirectivePlan, directiveCutter, type Kind } from '../directives/directives.ts';
import type { Importer } from '../importer.ts';

/*
 * Zeek's logs of values between tabs. `#fields` names the columns and `#types` says what they are, so values have Zeek's own
 * types; `_path` of a document is the name of the log, as in Corelight's JSON.
 */

const initial: DirectivePlan = {
  separator: 9,
  setSeparator: ',',
  empty: '(empty)',
  unset: '-',
  hasEscapes: true,
  lead: null,
  columns: [],
};

/** Types whose values are numbers; all others but bool are text. */
const numbers: ReadonlySet<string> = new Set(['time', 'interval', 'count', 'int', 'double', 'port']);

function columnOf(name: string, type: string): Column {
  const element = /^(?:set|vector|list|table)\[(.*)\]$/.exec(type)?.[1];
  const scalar = element ?? type;
  const kind: Kind = numbers.has(scalar) ? 'number' : scalar === 'bool' ? 'boolean' : 'text';
  return { name, kind, isList: element !== undefined };
}

/** The text of an option such as `\x09`. */
const unescaped = (text: string): string =>
  text.replace(/\\x([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** What a header line makes of a plan. */
function readHeader(plan: DirectivePlan, line: string): DirectivePlan {
  if (line.startsWith('#separator')) {
    // A new header: what it does not say is as it is without one.
    const separator = unescaped(line.slice('#separator'.length).replace(/^\s/, ''));
    return { ...initial, separator: separator.charCodeAt(0) || initial.separator };
  }
  const [name, ...values] = line.split(String.fromCharCode(plan.separator));
  const value = unescaped(values[0] ?? '');
  switch (name) {
    case '#set_separator':
      return { ...plan, setSeparator: value };
    case '#empty_field':
      return { ...plan, empty: value };
    case '#unset_field':
      return { ...plan, unset: value };
    case '#path':
      return withPath({ ...plan, lead: value === '' || value === plan.unset ? null : ['_path', value] });
    case '#fields':
      return withPath({ ...plan, columns: values.map((field) => columnOf(field, 'string')) });
    case '#types':
      return { ...plan, columns: plan.columns.map(({ name }, i) => columnOf(name, values[i] ?? 'string')) };
    default:
      return plan;
  }
}

/** A log may have a column of that name itself. */
const withPath = (plan: DirectivePlan): DirectivePlan =>
  plan.columns.some(({ name }) => name === plan.lead?.[0]) ? { ...plan, lead: null } : plan;

/** Recognises a log by the header it begins with. */
function detectZeek(head: Buffer): { readonly label: string; readonly plan: DirectivePlan } | null {
  if (head[0] !== 0x23) return null;
  let plan = initial;
  for (const line of headerLines(head)) plan = readHeader(plan, line);
  const begin = head.toString('latin1', 0, 16);
  if (!begin.startsWith('#separator') && !(begin.startsWith('#') && plan.columns.length > 1)) return null;
  if (plan.columns.length === 0) return null;
  return { label: plan.lead ? `Zeek ${plan.lead[1]} log` : 'Zeek log', plan: initial };
}

/** The lines that a text begins with and that begin with `#`. */
function* headerLines(head: Buffer): Generator<string> {
  for (let from = 0; head[from] === 0x23; ) {
    const found = head.indexOf(10, from);
    if (found < 0) return;
    yield head.toString('utf8', from, head[found - 1] === 13 ? found - 1 : found);
    from = found + 1;
  }
}

export const zeek: Importer<DirectivePlan> = {
  name: 'zeek',
  kind: 'text',
  detect: detectZeek,
  cutter: (plan) => directiveCutter(plan, readHeader),
  convert: (bytes, plan, _, asked) => convertRows(bytes, plan, readHeader, asked),
};
