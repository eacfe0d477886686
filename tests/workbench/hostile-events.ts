import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Values that an attacker may put into a log to reach whoever reads it. */
export const hostileValues: Readonly<Record<string, string>> = {
  image: '<img src=x onerror="window.harmed = 1">',
  script: '</script><script>window.harmed = 1</script>',
  link: 'javascript:window.harmed=1',
  formula: "=cmd|' /C calc'!A0",
  bidi: 'invoice\u202Egnp.exe',
  nul: 'before\u0000after',
  escape: '\u001b[31mred\u0007',
  lines: 'one\r\ntwo\u2028three',
  surrogate: 'half \ud83d',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a value that looks like a template
  template: '${window.harmed = 1} {{harmed}}',
  long: `long ${'x'.repeat(1 << 20)} end`,
};

export const hostileNow = '2026-03-10T12:00:00Z';

/**
 * A folder with process events: a parent, a child for each hostile value, which also is its command line and user, and a line
 * that is cut off.
 */
export function hostileFolder(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const event = (n: number, entityId: string, name: string, text: string) => ({
    '@timestamp': new Date(Date.parse('2026-03-10T10:00:00Z') + n * 60_000).toISOString(),
    data_stream: { dataset: 'endpoint.events.process', type: 'logs', namespace: 'default' },
    event: { category: ['process'], type: ['start'], action: 'start' },
    host: { name: 'ws-0001', os: { type: 'windows' } },
    user: { name: text.slice(0, 2000) },
    process: {
      ...{ name, entity_id: entityId, pid: 1000 + n, command_line: text },
      ...(entityId !== 'root' && { parent: { entity_id: 'root', name: 'explorer.exe', pid: 1000 } }),
    },
  });
  const values = Object.entries(hostileValues);
  const events = [
    event(0, 'root', 'explorer.exe', 'explorer.exe'),
    ...values.map(([kind, text], i) => event(i + 1, `id-${kind}`, text.slice(0, 2000), text)),
  ];
  const file = join(folder, 'process.ndjson');
  writeFileSync(
    file,
    [...events.map((one) => JSON.stringify(one)), '{"process": {'].map((line) => `${line}\n`).join(''),
  );
  return file;
}
