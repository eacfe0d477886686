import { columnsIn, type Expression, walkExpression } from '../plan/expression.ts';
import { comparisonIn } from './text-comparison.ts';

/** Fields that hold the path of a program, a file or a library. */
const pathField = /^(?:(?:process|Target\.process)\.(?:\w+\.)*(?:executable|working_directory)|(?:file|dll)\.path)$/;
/** Fields that hold the name of a program. Files of other names than these are written and sent on every platform. */
const programField = /^(?:(?:process|Target\.process)\.(?:\w+\.)*(?:name|executable)|dll\.name)$/;

const program = /\.(?:exe|com|scr|cpl|msc|dll|sys|ps1|bat|cmd)[*"']?$/i;

/** What is known of the columns of a condition. */
export interface Columns {
  nameOf(column: number): string | undefined;
  /** Whether no event of the platform has a value in it. */
  isAbsent(column: number): boolean;
}

/** A part of a condition that only events of Windows fulfil. */
export interface WindowsPart {
  readonly condition: Expression;
  /** A path, which no other platform has; a program may carry such a name there too. */
  readonly isPath: boolean;
}

/**
 * The parts of a condition that only events of Windows fulfil, where nothing else fulfils the condition either: paths with
 * backslashes and programs that end in .exe, beside what asks for fields that no event has. Empty where another platform
 * could fulfil it.
 */
export function windowsOnly(condition: Expression, columns: Columns): WindowsPart[] {
  if (condition.kind !== 'call') return [];
  const { function: name, args } = condition;
  if (name === 'AND') return args.map((arg) => windowsOnly(arg, columns)).find((found) => found.length > 0) ?? [];
  if (name === 'OR') {
    const found = args.map((arg) => windowsOnly(arg, columns));
    const isNothingElse = args.every((arg, i) => found[i]!.length > 0 || isUnanswered(arg, columns));
    return isNothingElse ? found.flat() : [];
  }
  const comparison = comparisonIn(condition);
  if (!comparison) return [];
  const fields = columnsIn(comparison.value).map(({ id }) => columns.nameOf(id) ?? '');
  const hasPath = (text: string): boolean =>
    comparison.name === 'RLIKE' ? text.includes('\\\\') : text.includes('\\');
  const { texts } = comparison;
  if (fields.every((field) => pathField.test(field)) && texts.every(hasPath)) return [{ condition, isPath: true }];
  const isProgram = fields.every((field) => programField.test(field)) && texts.every((text) => program.test(text));
  return isProgram && comparison.name !== 'STARTS_WITH' ? [{ condition, isPath: false }] : [];
}

/** Functions that may give a value where one of their fields has none. */
const answersNull = new Set(['IS NULL', 'IS NOT NULL', 'COALESCE', 'CASE', 'AND', 'OR', 'NOT']);

/** Whether a condition is null, and so not fulfilled, for want of a field. */
function isUnanswered(condition: Expression, columns: Columns): boolean {
  const { isAbsent } = columns;
  if (condition.kind === 'call') {
    const { function: name, args } = condition;
    if (name === 'OR') return args.every((arg) => isUnanswered(arg, columns));
    if (name === 'AND') return args.some((arg) => isUnanswered(arg, columns));
    if (name === 'NOT') return isUnanswered(args[0]!, columns);
  }
  let isStrict = true;
  walkExpression(condition, (part) => {
    if (part.kind === 'call' && answersNull.has(part.function)) isStrict = false;
  });
  return isStrict && columnsIn(condition).some(({ id }) => isAbsent(id));
}
