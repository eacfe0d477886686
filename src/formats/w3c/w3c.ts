import { convertRows, type DirectivePlan, directiveCutter } from '../directives/directives.ts';

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
export const readW3cDirective = (plan: DirectivePlan, line: string): DirectivePlan =>
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
export function detectW3c(head: Buffer): { readonly label: string; readonly plan: DirectivePlan } | null {
  if (!/^#(?:Software|Version|Fields|Date|Start-Date|End-Date|Remark): /.test(head.toString('latin1', 0, 16)))
    return null;
  let plan = initial;
  for (let from = 0; from < head.length; ) {
    const found = head.indexOf(10, from);
    const line = head.toString('utf8', from, found < 0 ? head.length : found).replace(/\r$/, '');
    if (line.startsWith('#')) plan = readW3cDirective(plan, line);
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

export const w3cCutter = (plan: DirectivePlan) => directiveCutter(plan, readW3cDirective);

export const convertW3c = (bytes: Uint8Array, plan: DirectivePlan): Uint8Array =>
  convertRows(bytes, plan, readW3cDirective);
