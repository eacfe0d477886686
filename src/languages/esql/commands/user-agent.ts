import { isString, messageName } from '../../../values/types.ts';
import { userAgentGroups } from '../../../values/user-agent.ts';
import type { UserAgentCommand } from '../syntax/ast.ts';
import type { ProcessingDefinition } from './command.ts';
import { parsedColumns, prefixedValue } from './parsed-columns.ts';
import { OptionReader, withOptions } from './with-options.ts';

const groups = ['name', 'version', 'os', 'device'] as const;

export const userAgent: ProcessingDefinition<UserAgentCommand> = {
  kind: 'processing',
  keyword: 'user_agent',
  since: '9.4',
  doc: 'Takes what a program says of itself apart into columns that begin with a prefix: its name, version, system and device.',
  example:
    'ROW a = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0" | USER_AGENT ua = a WITH {"properties": ["name", "version", "os"]} | DROP a',

  parse(parser, span) {
    const { prefix, value, end } = prefixedValue(parser);
    const options = withOptions(parser);
    return { command: 'user_agent', prefix, value, options, span: { start: span.start, end } };
  },

  analyze({ prefix, value: text, options, span }, input, context) {
    const value = context.resolve(text, input.output);
    const reader = new OptionReader('USER_AGENT', options, context);
    reader.refuseOthers(['properties', 'extract_device_type', 'regex_file']);
    const asked = reader.among('properties', groups) ?? groups;
    const withType = reader.boolean('extract_device_type', false);
    const file = reader.text('regex_file');
    if (file && file.value !== '_default_')
      context.report(
        `USER_AGENT reads by the patterns of uap-core alone, found [regex_file] [${file.value}]`,
        file.span,
      );
    const { type, kind } = value;
    if (kind === 'invalid' || !reader.valid) return input;
    if (!isString(type) && type !== 'null') {
      context.report(`Input for USER_AGENT must be of type [string] but is [${messageName(type)}]`, value.span);
      return input;
    }
    const parts = asked
      .flatMap((group) => [...userAgentGroups[group]])
      .filter((part) => withType || part !== 'device.type');
    const names = parts.map((part) => ({ name: `${prefix}.${part}`, type: 'keyword', several: false }) as const);
    return parsedColumns(input, value, { name: 'user_agent', parts }, names, context, span);
  },
};
