import { expect, it } from 'vitest';
import { createLog, type LogFormat } from './log.ts';

function written(format: LogFormat, message: string, fields: Record<string, string | number | undefined>): string {
  const lines: string[] = [];
  createLog(
    format,
    (line) => lines.push(line),
    () => new Date(0),
  ).write('warn', 'slow-query', message, fields);
  expect(lines).toHaveLength(1);
  return lines[0]!;
}

it('writes an entry of JSON with the names of ECS', () => {
  expect(JSON.parse(written('json', 'took long', { 'event.duration': 5, 'error.message': undefined }))).toEqual({
    '@timestamp': '1970-01-01T00:00:00.000Z',
    'log.level': 'warn',
    message: 'took long',
    'ecs.version': '9.4.0',
    'service.name': 'harrier',
    'event.action': 'slow-query',
    'event.duration': 5,
  });
});

it('writes an entry for people', () => {
  expect(written('text', 'took "long"', { 'event.duration': 5, query: 'FROM a | LIMIT 1' })).toBe(
    '1970-01-01T00:00:00.000Z warn  slow-query: took "long" event.duration=5 query="FROM a | LIMIT 1"\n',
  );
});

it.each(['text', 'json'] as const)('keeps an entry of %s on its line and off the terminal', (format) => {
  const nasty = 'a\nb\r\u001b[31m\u009b\u2028\u202e\u007f"\\';
  const line = written(format, nasty, { [format === 'json' ? '__proto__' : 'x']: nasty });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(line.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/);
  if (format === 'json') expect(JSON.parse(line).message).toBe(nasty);
});

it('shortens what requests may make as long as they like', () => {
  expect(written('json', 'x'.repeat(100_000), { query: 'y'.repeat(100_000) }).length).toBeLessThan(5000);
});
