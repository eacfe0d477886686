import { didYouMean } from '../../diagnostics/closest-match.ts';
import type { Column } from '../plan/column.ts';
import type { DropCommand, KeepCommand } from '../syntax/ast.ts';
import type { NamePattern } from '../syntax/name-pattern.ts';
import type { AnalysisContext, ProcessingDefinition } from './command.ts';

/** The columns that a pattern names, in their order. What matches nothing is reported. */
export function matching(pattern: NamePattern, scope: readonly Column[], context: AnalysisContext): readonly Column[] {
  const { wildcard } = pattern;
  if (!wildcard) {
    const found = scope.find((column) => column.name === pattern.text);
    if (!found) context.unknownColumn(pattern.text, pattern.span, scope);
    return found ? [found] : [];
  }
  const found = scope.filter((column) => wildcard(column.name));
  if (found.length === 0 && pattern.text !== '*' && !context.catalogue.isOpen) {
    context.report(
      `No matches found for pattern [${pattern.text}]${didYouMean(
        pattern.text,
        scope.map((column) => column.name),
      )}`,
      pattern.span,
    );
  }
  return found;
}

/** An exact name says most about a column, `*` alone least. */
const precision = (pattern: NamePattern): number => (!pattern.wildcard ? 2 : pattern.text === '*' ? 0 : 1);

export const keep: ProcessingDefinition<KeepCommand> = {
  kind: 'processing',
  keyword: 'keep',
  doc: 'Keeps the named columns, in the order in which they are named.',
  example: 'ROW a = 1, b = 2, c = 3 | KEEP c, a',

  parse(parser, span) {
    const patterns = parser.separated(() => parser.namePattern());
    const again = patterns.filter(({ text }) => text === '*')[1];
    if (again) parser.fail('Cannot specify [*] more than once', again.span);
    return { command: 'keep', patterns, span };
  },

  analyze(command, input, context) {
    // The most precise pattern decides where a column stands; among equals, the last one.
    const chosen = new Map<Column, { place: number; precision: number }>();
    command.patterns.forEach((pattern, place) => {
      for (const column of matching(pattern, input.output, context)) {
        const before = chosen.get(column);
        if (!before || precision(pattern) >= before.precision)
          chosen.set(column, { place, precision: precision(pattern) });
      }
    });
    const rank = new Map(input.output.map((column, i) => [column, i]));
    const output = [...chosen.entries()]
      .sort(([a, x], [b, y]) => x.place - y.place || rank.get(a)! - rank.get(b)!)
      .map(([column, { precision: own }]) => (own > 0 && column.isUnnamed ? { ...column, isUnnamed: false } : column));
    return { kind: 'project', input, output };
  },
};

export const drop: ProcessingDefinition<DropCommand> = {
  kind: 'processing',
  keyword: 'drop',
  doc: 'Removes the named columns.',
  example: 'ROW a = 1, b = 2 | DROP b',

  parse(parser, span) {
    const patterns = parser.separated(() => parser.namePattern());
    const all = patterns.find(({ text }) => text === '*');
    if (all) parser.fail('Removing all fields is not allowed [*]', all.span);
    return { command: 'drop', patterns, span };
  },

  analyze(command, input, context) {
    const dropped = new Set(command.patterns.flatMap((pattern) => matching(pattern, input.output, context)));
    return { kind: 'project', input, output: input.output.filter((column) => !dropped.has(column)) };
  },
};
