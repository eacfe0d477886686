import { closestMatches } from '../../diagnostics/closest-match.ts';
import { InputError } from '../../diagnostics/diagnostic.ts';
import { type CellValue, isDate, isNumeric, type ResultColumn, type ScalarValue } from '../../values/types.ts';
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

/** A condition given by hand: `column=value`, or a comparison such as `bytes <= 50`. */
export function givenCondition(text: string): [string, Condition] {
  const [, column, operator, value] = /^\s*(.+?)\s*(<=|>=|!=|==|=|<|>)\s*(.*?)\s*$/s.exec(text) ?? [];
  if (column === undefined || value === undefined || value === '')
    throw new InputError(`${JSON.stringify(text)} is no condition`, "write --value 'process.name=backup.exe'");
  const bare = /^"(.*)"$/s.exec(value)?.[1] ?? value;
  const compared = operator === '=' || operator === '==' ? bare : `${operator} ${bare}`;
  return [column, { kind: 'any', terms: [{ kind: 'pattern', text: compared }] }];
}
