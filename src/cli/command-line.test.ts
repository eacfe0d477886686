import { expect, it } from 'vitest';
import { commandLine } from './command-line.ts';

it.each([
  [['run', 'a b.toml', '--data', 'x/**/*.ndjson'], "harrier run 'a b.toml' --data 'x/**/*.ndjson'"],
  [['query', 'FROM a | WHERE b == "it\'s"'], `harrier query 'FROM a | WHERE b == "it'\\''s"'`],
  [
    ['run', 'h', '--api-key', 'secret', '--url', 'https://u:secret@c.example:9200'],
    'harrier run h --url https://c.example:9200',
  ],
  [['run', 'h', '--api-key=secret'], 'harrier run h'],
  [['run', ''], "harrier run ''"],
])('%j is %s', (args, command) => expect(commandLine(args)).toBe(command));
