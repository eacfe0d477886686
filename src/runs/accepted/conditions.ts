import { parseCidr } from '../../values/cidr.ts';
import { parseDate, parseDateNanos } from '../../values/date.ts';
import { parseIp } from '../../values/ip.ts';
import { own } from '../../values/own.ts';
import { type CellValue, type EsqlType, isDate, isNumeric, type ScalarValue } from '../../values/types.ts';
import type { Condition, Term } from './entry.ts';

/** Whether one value is allowed. */
type Test = (value: ScalarValue) => boolean;

/**
 * A condition as a test of the cells of a column. Of several values each must be allowed: one that nobody has looked
 * at is never hidden by its neighbours. The error says why the condition cannot be put to such a column.
 */
export function compileCondition(
  condition: Condition,
  type: EsqlType,
): ((cell: CellValue) => boolean) | { readonly error: string } {
  if (condition.kind === 'null') return (cell) => cell === null;
  const tests: Test[] = [];
  for (const term of condition.terms) {
    const test = compileTerm(term, type);
    if ('error' in test) return test;
    tests.push(test);
  }
  const allowed: Test = (value) => tests.some((test) => test(value));
  return (cell) =>
    cell !== null && (Array.isArray(cell) ? (cell as ScalarValue[]).every(allowed) : allowed(cell as ScalarValue));
}

type Compiled = Test | { readonly error: string };

function compileTerm(term: Term, type: EsqlType): Compiled {
  if (isNumeric(type)) return numberTest(term);
  if (isDate(type)) return dateTest(term, type === 'date_nanos' ? parseDateNanos : parseDate);
  if (type === 'ip') return addressTest(term);
  const text = textOf(term);
  if (type === 'boolean') {
    if (text !== 'true' && text !== 'false') return { error: `the column is true or false, and never "${text}"` };
    return (value) => String(value) === text;
  }
  if (term.kind === 'exact') return (value) => value === text;
  // Addresses are often texts, as destination.address is.
  const inBlock = text.includes('/') ? blockTest(text) : null;
  const fits = wildcardTest(text);
  return inBlock ? (value) => fits(value) || inBlock(value) : fits;
}

const textOf = (term: Term): string => (term.kind === 'exact' ? String(term.value) : term.text);

const comparisons: Readonly<Record<string, (a: number | bigint, b: number | bigint) => boolean>> = {
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  // A long and a double may be the same number.
  '=': (a, b) => !(a < b) && !(a > b),
  '!=': (a, b) => a < b || a > b,
};

/** `<= 50` and the like: the comparison and what follows it; equality where there is no operator. */
function split(text: string): { holds: (typeof comparisons)[string]; operand: string } {
  const [, operator = '=', operand = ''] = /^\s*(<=|>=|!=|<|>|==?)?\s*(.*?)\s*$/s.exec(text)!;
  return { holds: own(comparisons, operator === '==' ? '=' : operator)!, operand };
}

function numberTest(term: Term): Compiled {
  if (term.kind === 'exact' && (typeof term.value === 'bigint' || typeof term.value === 'number')) {
    const { value: wanted } = term;
    return (value) => comparisons['=']!(value as number | bigint, wanted);
  }
  const { holds, operand } = split(textOf(term));
  const wanted = /^[+-]?\d+$/.test(operand) ? BigInt(operand.replace(/^\+/, '')) : Number(operand);
  if (operand === '' || Number.isNaN(wanted))
    return { error: `the column holds numbers, and "${textOf(term)}" is neither one nor a comparison such as "<= 50"` };
  return (value) => holds(value as number | bigint, wanted);
}

function dateTest(term: Term, parse: (text: string) => bigint | null): Compiled {
  const { holds, operand } = split(textOf(term));
  const wanted = parse(operand);
  if (wanted !== null) return (value) => holds(parse(String(value))!, wanted);
  if (term.kind === 'pattern' && term.text.includes('*')) return wildcardTest(term.text);
  return {
    error: `the column holds dates, and "${textOf(term)}" is neither one nor a comparison such as ">= 2026-01-01"`,
  };
}

function addressTest(term: Term): Compiled {
  const text = textOf(term);
  const inBlock = blockTest(text);
  if (inBlock) return inBlock;
  if (term.kind === 'pattern' && text.includes('*')) return wildcardTest(text);
  return { error: `the column holds addresses, and "${text}" is neither one nor a block such as 10.0.0.0/8` };
}

/** Null where the text is no address or block. */
function blockTest(text: string): Test | null {
  const range = parseCidr(text);
  if ('error' in range) return null;
  return (value) => {
    const address = parseIp(String(value));
    return address !== null && address >= range.low && address <= range.high;
  };
}

/** `*` stands for any text. Takes time in proportion to the value, whatever it is. */
function wildcardTest(pattern: string): Test {
  const [first, ...rest] = pattern.split('*') as [string, ...string[]];
  const last = rest.pop();
  if (last === undefined) return (value) => value === first;
  return (value) => {
    const text = String(value);
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    let from = first.length;
    for (const part of rest) {
      const at = text.indexOf(part, from);
      if (at < 0) return false;
      from = at + part.length;
    }
    return from <= text.length - last.length;
  };
}
