import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startServer, type TestResponse } from './support.ts';

const rsyslogd = ['/usr/sbin/rsyslogd', '/sbin/rsyslogd'].find(existsSync);
const hasModule =
  rsyslogd !== undefined &&
  spawnSync('sh', ['-c', 'ls /usr/lib/*/rsyslog/omelasticsearch.so /usr/lib/rsyslog/omelasticsearch.so 2>/dev/null'])
    .stdout.toString()
    .trim() !== '';

const lines = 10_000;

it.skipIf(!hasModule)(
  `rsyslog ships ${lines} lines and none is lost`,
  async () => {
    const server = await startServer({ keyRequired: true });
    const { encoded } = await server.keys.create('rsyslog', ['read', 'write'], ['syslog']);
    // It knows user and password alone.
    const [user, password] = Buffer.from(encoded, 'base64').toString().split(':');
    const headers = { authorization: `ApiKey ${encoded}` };
    const query = async (text: string): Promise<TestResponse['json']> =>
      (await server.send('POST', '/_query', { query: text }, headers)).json;
    const { port } = new URL(await server.listen());
    const folder = temporaryFolder();
    const log = join(folder, 'app.log');
    writeFileSync(log, '');
    const configuration = join(folder, 'rsyslog.conf');
    writeFileSync(
      configuration,
      `global(workDirectory="${folder}")
module(load="imfile" mode="polling" pollingInterval="1")
module(load="omelasticsearch")
template(name="event" type="list" option.jsonf="on") {
  property(outname="@timestamp" name="timereported" dateFormat="rfc3339" format="jsonf")
  property(outname="host" name="hostname" format="jsonf")
  property(outname="message" name="msg" format="jsonf")
}
input(type="imfile" file="${log}" tag="app" ruleset="ship")
ruleset(name="ship") {
  action(type="omelasticsearch" server="127.0.0.1" serverport="${port}" template="event" searchIndex="syslog"
    uid="${user}" pwd="${password}" searchType="" bulkmode="on" retryfailures="on" action.resumeRetryCount="-1"
    queue.type="linkedlist" queue.size="20000" queue.dequeuebatchsize="500")
}
`,
    );
    const shipper = spawn(rsyslogd!, ['-n', '-f', configuration, '-i', join(folder, 'pid')], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [shipper.stdout, shipper.stderr])
      stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
    try {
      appendFileSync(log, Array.from({ length: lines }, (_, i) => `line ${i} says "hello" \\ é\n`).join(''));
      const until = Date.now() + 60_000;
      const counted = async (): Promise<number> => {
        const { values } = await query('FROM syslog* | STATS c = COUNT(*), d = COUNT_DISTINCT(message.keyword)');
        return values?.[0]?.[0] ?? 0;
      };
      let count = 0;
      while (count < lines && Date.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, 250));
        count = await counted();
      }
      expect(count, said).toBe(lines);
      const json = await query(
        'FROM syslog | WHERE message.keyword LIKE "*line 9999 says \\"hello\\" * é" | KEEP message',
      );
      expect(json.values ?? json).toEqual([['line 9999 says "hello" \\ é']]);
    } finally {
      shipper.kill('SIGTERM');
    }
  },
  90_000,
);
