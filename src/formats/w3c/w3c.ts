import { convertRows, type DirectivePlan, directiveCutter } from '../directives/directives.ts';
import type { Importer } from '../importer.ts';

/*
 * W3C extended logs: IIS, and what writes as it does. `#Fields:` names the columns; values stand between blanks, or tabs as
 * in CloudFront's logs; `-` is no value. Values are of no type.
 */

const initial: DirectivePlan = {
  separator: 0x20,
  setSeparator: '',
  empty: '',
  unset: '-',
  hasEscapes: false,
  lead: null,
  columns: [],
};

const fields = '#Fields:';

/** What a line such as `#Fields: date time s-ip` makes of a plan. */
const readDirective = (plan: DirectivePlan, line: string): DirectivePlan =>
  line.startsWith(fields)
    ? {
        ...plan,
        columns: line
          .slice(fields.length)
          .split(/\s+/)
          .filter((name) => name !== '')
          .map((name) => ({ name, kind: 'any', isList: false })),
      }
    : plan;

/** Recognises a log by its directives, and its separator by the first row. */
function detectW3c(head: Buffer): { readonly label: string; readonly plan: DirectivePlan } | null {
  if (!/^#(?:Software|Version|Fields|Date|Start-Date|End-Date|Remark): /.test(head.toString('latin1', 0, 16)))
    return null;
  let plan = initial;
  for (let from = 0; from < head.length; ) {
    const found = head.indexOf(10, from);
    const line = head.toString('utf8', from, found < 0 ? head.length : found).replace(/\r$/, '');
    if (line.startsWith('#')) plan = readDirective(plan, line);
    else if (line !== '') {
      // Values that hold blanks stand between tabs. Those between commas are delimited text with another header.
      if (plan.columns.some(({ name }) => name.includes(','))) return null;
      const tabs = line.split('\t').length;
      if (tabs !== plan.columns.length && line.split(' ').length !== plan.columns.length) return null;
      return { label: 'W3C extended log', plan: { ...initial, separator: tabs === plan.columns.length ? 9 : 0x20 } };
    }
    if (found < 0) break;
    from = found + 1;
  }
  return plan.columns.length > 0 ? { label: 'W3C extended log', plan: initial } : null;
}

export const w3c: Importer<DirectivePlan> = {
  name: 'w3c',
  kind: 'text',
  detect: detectW3c,
  cutter: (plan) => directiveCutter(plan, readDirective),
  convert: (bytes, plan, _, asked) => convertRows(bytes, plan, readDirective, asked),
};
