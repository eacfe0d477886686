import { constant } from '../../../plan/expression.ts';
import type { ShowCommand } from '../syntax/ast.ts';
import type { SourceDefinition } from './command.ts';

/** The version of Elasticsearch whose language this is. */
export const languageVersion = '9.4.0';

export const show: SourceDefinition<ShowCommand> = {
  kind: 'source',
  keyword: 'show',
  doc: 'Tells which version of the language this is.',
  example: 'SHOW INFO',

  parse(parser, span) {
    parser.expectWord('info');
    return { command: 'show', span };
  },

  analyze(command, context) {
    const info = { version: languageVersion, date: '2026-01-01T00:00:00.000Z', hash: '0'.repeat(40) };
    const definitions = Object.entries(info).map(([name, value]) => ({
      column: context.column(name, 'keyword', false),
      expression: constant('keyword', value, command.span),
    }));
    const output = definitions.map(({ column }) => column);
    return { kind: 'compute', input: { kind: 'oneRow', output: [] }, definitions, output };
  },
};
