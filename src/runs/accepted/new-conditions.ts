import { closestMatches } from '../../diagnostics/closest-match.ts';
import { InputError } from '../../diagnostics/diagnostic.ts';
import {
  type CellValue,
  type EsqlType,
  isDate,
  isNumeric,
  type ResultColumn,
  type ScalarValue,
} from '../../values/types.ts';
import { compileCondition } from './conditions.ts';
import type { Condition, Term } from './entry.ts';

/** Conditions that hold for the cells of one row in some of its columns. */
export function conditionsOfRow(
  columns: readonly ResultColumn[],
  row: readonly CellValue[],
  names: readonly string[],
): Map<string, Condition> {
  return new Map(
    names.map((name) => {
      const at = columns.findIndex((column) => column.name === name);
      const known = columns.map((column) => column.name);
      if (at < 0) {
        const [near] = closestMatches(name, known);
        throw new InputError(
          `the hunt gives no column ${name}`,
          near !== undefined ? `did you mean ${near}?` : `it gives ${known.join(', ')}`,
        );
      }
      return [name, conditionOfCell(row[at]!, columns[at]!)];
    }),
  );
}

function conditionOfCell(cell: CellValue, column: ResultColumn): Condition {
  if (cell === null) return { kind: 'null' };
  const values = Array.isArray(cell) ? (cell as readonly ScalarValue[]) : [cell as ScalarValue];
  return { kind: 'any', terms: values.map((value) => termOf(value, column)) };
}

/** Texts that a pattern would read as more than themselves are exact. */
function termOf(value: ScalarValue, { type }: ResultColumn): Term {
  const isPlain = typeof value === 'string' && !/[*/]/.test(value) && !isNumeric(type) && !isDate(type);
  return isPlain ? { kind: 'pattern', text: value } : { kind: 'exact', value };
}

/** Conditions that were written for single columns; a row must meet all of them, so a column has one. */
export function givenConditions(texts: readonly string[]): Map<string, Condition> {
  const conditions = new Map<string, Condition>();
  for (const [column, condition] of texts.map(givenCondition)) {
    if (conditions.has(column))
      throw new InputError(
        `${column} is given two values`,
        'an entry has one for each column: accept each by an entry',
      );
    conditions.set(column, condition);
  }
  return conditions;
}

/** Throws an InputError where a condition cannot be put to its column; columns of no known type are passed over. */
export function checkConditions(
  conditions: ReadonlyMap<string, Condition>,
  types: ReadonlyMap<string, EsqlType>,
): void {
  for (const [column, condition] of conditions) {
    const type = types.get(column);
    if (type === undefined) continue;
    const test = compileCondition(condition, type);
    if ('error' in test) throw new InputError(`${column}: ${test.error}`);
    const terms = condition.kind === 'any' ? condition.terms : [];
    const compared = terms.find((term) => term.kind === 'pattern' && /^(?:<=|>=|!=|<|>) /.test(term.text));
    // In a file, such a text is what the column must hold.
    if (compared?.kind === 'pattern' && !isNumeric(type) && !isDate(type))
      throw new InputError(
        `${column}: the column holds values of type ${type}, and "${compared.text}" is a comparison`,
        'numbers and dates can be compared; give a text as it is, with * for any text',
      );
  }
}

/** A condition on a column: `column=value`, or a comparison such as `bytes <= 50`. */
export function givenCondition(text: string): [string, Condition] {
  const [, column, operator, value] = /^\s*(.+?)\s*(<=|>=|!=|==|=|<|>)\s*(.*?)\s*$/s.exec(text) ?? [];
  if (column === undefined || value === undefined || value === '')
    throw new InputError(`${JSON.stringify(text)} is no condition`, "write --value 'process.name=backup.exe'");
  const bare = /^"(.*)"$/s.exec(value)?.[1] ?? value;
  const compared = operator === '=' || operator === '==' ? bare : `${operator} ${bare}`;
  return [column, { kind: 'any', terms: [{ kind: 'pattern', text: compared }] }];
}
