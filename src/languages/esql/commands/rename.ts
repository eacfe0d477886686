import { spanning } from '../../../diagnostics/source-text.ts';
import type { RenameCommand } from '../syntax/ast.ts';
import type { ProcessingDefinition } from './command.ts';

export const rename: ProcessingDefinition<RenameCommand> = {
  kind: 'processing',
  keyword: 'rename',
  doc: 'Gives columns other names; they stay where they are.',
  example: 'ROW a = 1 | RENAME a AS b',

  parse(parser, span) {
    const clauses = parser.separated(() => {
      const first = parser.namePattern();
      const assigns = parser.acceptSymbol('=');
      if (!assigns) parser.expectWord('as');
      const second = parser.namePattern();
      const clauseSpan = spanning(first.span, second.span);
      const [from, to] = assigns ? [second, first] : [first, second];
      if (from.wildcard || to.wildcard) {
        parser.fail(`Using wildcards [*] in RENAME is not allowed [${parser.source.slice(clauseSpan)}]`, clauseSpan);
      }
      return { from, to, span: clauseSpan };
    });
    return { command: 'rename', clauses, span };
  },

  analyze(command, input, context) {
    let output = input.output;
    const renamed = new Map<string, string>();
    for (const { from, to, span } of command.clauses) {
      const column = output.find((candidate) => candidate.name === from.text);
      if (!column) {
        const earlier = renamed.get(from.text);
        if (earlier) {
          context.report(
            `Column [${from.text}] renamed to [${earlier}] and is no longer available [${context.text(span)}]`,
            span,
          );
        } else context.unknownColumn(from.text, from.span, output);
        continue;
      }
      if (column.type === 'unsupported') context.resolve({ kind: 'name', name: from.text, span: from.span }, output);
      if (from.text === to.text) continue;
      renamed.set(from.text, to.text);
      output = output
        .filter((candidate) => candidate.name !== to.text)
        .map((candidate) => (candidate === column ? { ...candidate, name: to.text } : candidate));
    }
    return { kind: 'project', input, output };
  },
};
