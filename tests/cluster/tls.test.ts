import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { InputError } from '../../src/diagnostics/diagnostic.ts';
import { ElasticsearchEngine } from '../../src/engines/elasticsearch/engine.ts';
import { bulk, startServer } from '../server/support.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

/** A certificate that signs for itself, and its key. */
function certificate(): { file: string; cert: string; key: string } {
  const folder = temporaryFolder();
  const [file, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'],
    ...['-keyout', keyFile, '-out', file, '-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'],
  ]);
  return { file, cert: readFileSync(file, 'utf8'), key: readFileSync(keyFile, 'utf8') };
}

it.skipIf(!hasOpenssl)('the engine of clusters asks over TLS, with a key, and says what is in its way', async () => {
  const own = certificate();
  const server = await startServer({ keyRequired: true, tls: own });
  const url = await server.listen();
  const { encoded: all } = await server.keys.create('all', ['read', 'write'], ['*']);
  const { encoded: few } = await server.keys.create('few', ['read'], ['mine']);
  const { encoded: writer } = await server.keys.create('writer', ['write'], ['*']);
  const documents = bulk(
    { index: { _index: 'mine' } },
    { n: 9007199254740991 },
    { index: { _index: 'theirs' } },
    { n: 2 },
  );
  await server.send('POST', '/_bulk', documents, { authorization: `ApiKey ${all}` });
  const ask = async (
    query: string,
    options: { apiKey?: string; ca?: string; insecure?: boolean },
  ): Promise<unknown> => {
    let engine: ElasticsearchEngine | undefined;
    try {
      engine = await ElasticsearchEngine.open({ url, ...options });
      const { values } = await engine.query(query, { now: 0, maxRows: null });
      return values;
    } catch (error) {
      const { message, hint = '' } = error as InputError;
      return `${message} ${hint}`;
    } finally {
      await engine?.close();
    }
  };
  const ca = own.file;
  expect(await ask('FROM mine | EVAL m = n + 2 | KEEP m', { ca, apiKey: few })).toEqual([[9007199254740993n]]);
  expect(await ask('FROM m*, t* | STATS COUNT(*)', { ca, apiKey: few })).toEqual([[1n]]);
  expect(await ask('FROM theirs', { ca, apiKey: few })).toMatch(/Unknown index \[theirs\]/);
  expect(await ask('FROM mine', { ca, apiKey: writer })).toMatch(/^no rights for this query: .*\[writer\]/);
  expect(await ask('FROM mine', { ca, apiKey: 'bm86bm8=' })).toMatch(/does not accept the key: unable to authenticate/);
  expect(await ask('FROM mine', { ca })).toMatch(/requires an API key: missing authentication credentials/);
  expect(await ask('FROM mine', { apiKey: all })).toMatch(
    /^cannot reach .*self-signed certificate.*give --ca FILE.*--insecure/,
  );
  expect(await ask('FROM mine', { apiKey: all, insecure: true })).toEqual([[9007199254740991n]]);
});
