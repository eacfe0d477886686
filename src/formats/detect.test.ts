import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../tests/support/temporary-folder.ts';
import { detect } from './detect.ts';
import type { Detected, FileFormat } from './format.ts';
import { truthMark, truthMember } from './sample-truth.ts';

const folder = temporaryFolder();
let count = 0;

async function detected(content: Buffer): Promise<Detected> {
  const path = join(folder, `${count++}.txt`);
  await writeFile(path, content);
  return detect(path, 0);
}

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();
const documents = (layout: FileFormat['layout'], label: string, more: Partial<FileFormat> = {}): Detected => ({
  kind: 'documents',
  format: { compression: 'none', encoding: 'utf-8', ...more, layout, label },
});
const lines = documents('lines', 'NDJSON');
/** Of a format that is converted, only what it is called. */
const converted = (format: string, label: string): unknown => ({
  kind: 'documents',
  format: expect.objectContaining({ layout: 'blocks', conversion: expect.objectContaining({ format }), label }),
});
const foreign = (what: string): Detected => ({ kind: 'foreign', what });
const eventLog = documents('blocks', 'EVTX', { conversion: { format: 'evtx', plan: null } });
const long = 'x'.repeat(300_000);
const hit = '{"_index":"i","_id":"1","_source":{"a":1}}';
const pretty = (value: unknown): string => JSON.stringify(value, null, 2);

it.each<[string, string | Buffer, unknown]>([
  ['nothing', '', { kind: 'empty', what: 'nothing but blanks' }],
  [
    'what was planted in a sample fleet',
    `{\n "${truthMember}": "${truthMark}",\n "now": "2026-03-10T12:00:00Z"\n}`,
    { kind: 'empty', what: 'a list of what was planted in a sample fleet' },
  ],
  ['blanks', ' \n\t\r\n', { kind: 'empty', what: 'nothing but blanks' }],
  ['zeros', Buffer.alloc(600_000), { kind: 'empty', what: 'nothing but blanks' }],
  ['a mark alone', '\ufeff', { kind: 'empty', what: 'nothing but blanks' }],
  ['nothing inside gzip', gzipSync(''), { kind: 'empty', what: 'nothing but blanks' }],
  ['a cut-off gzip', gzipSync('{"a":1}').subarray(0, 10), { kind: 'broken', what: 'its gzip data ends early' }],

  ['lines', '{"a":1}\n{"a":2}\n', lines],
  ['one line without an end', '{"a":1}', lines],
  ['an empty object', '{}', lines],
  ['lines with carriage returns', '{"a":1}\r\n{"a":2}\r\n', lines],
  ['lines behind blank ones', '\n\n  {"a":1}\n', lines],
  [
    'lines behind much that was never written',
    Buffer.concat([Buffer.alloc(600_000), latin1('\n{"a":1}\n')]),
    documents('lines', 'NDJSON'),
  ],
  ['lines with damaged ones', '{"a":1\n{"a":"x\n{"a":1}\n{"a":2}\n', lines],
  ['lines behind others', 'started\nlistening\n{"a":1}\n', lines],
  ['a line that is cut off', '{"a":1,"b":"x', lines],
  ['damaged lines alone', '{"a":01}\n{"a":,}\n', lines],
  ['a line longer than what is looked at', `{"a":"${long}"}\n{"a":1}\n`, lines],
  ['lines of which the last is longer', `{"a":1}\n{"a":"${long}"}\n`, lines],
  ['events with lists', '{"@timestamp":"x","items":[{"a":1}]}\n'.repeat(3), lines],
  ['hits on lines', `${hit}\n${hit}\n`, documents('lines', 'NDJSON of search hits')],

  ['carriage returns alone as line ends', '{"a":1}\r{"a":2}\r', documents('records', 'JSON objects')],
  ['several objects on a line', '{"a":1}\n{"a":1}{"a":2}\n', documents('records', 'JSON objects')],
  ['marks amid lines', '{"a":1}\n\ufeff{"a":2}\n', documents('records', 'JSON objects')],
  ['a JSON text sequence', '\x1e{"a":1}\n\x1e{"a":2}\n', documents('records', 'JSON objects')],
  ['an object over several lines', pretty({ a: 1 }), documents('records', 'JSON object')],
  [
    'objects over several lines',
    `${pretty({ a: 1 })}\n${pretty({ a: { b: [{}] } })}`,
    documents('records', 'JSON objects'),
  ],
  ['a long object over several lines', pretty({ a: 1, b: long }), documents('records', 'JSON objects')],
  ['an array', '[{"a":1},{"a":2}]', documents('records', 'JSON array')],
  ['an array of lines', '[\n{"a":1},\n{"a":2}\n]', documents('records', 'JSON array')],
  ['an array over several lines', pretty([{ a: 1 }, { a: 2 }]), documents('records', 'JSON array')],
  ['an empty array', '[]\n', documents('records', 'JSON array')],
  ['an array that is cut off', '[{"a":"x', documents('records', 'JSON array')],
  ['an array of a long object', `[{"a":"${long}"}]`, documents('records', 'JSON array')],
  ['a search response', `{"took":1,"hits":{"total":1,"hits":[${hit}]}}`, documents('records', 'search response')],
  [
    'a search response over several lines',
    pretty({ took: 1, hits: { hits: [{ _id: '1', fields: { a: [1] } }] } }),
    documents('records', 'search response'),
  ],
  [
    'a long search response',
    `{"took":1,"hits":{"total":1,"hits":[{"_id":"1","_source":{"a":"${long}"}}]}}`,
    documents('records', 'search response'),
  ],
  ['a search response behind lines', `{"a":1}\n{"hits":{"hits":[${hit}]}}\n`, documents('records', 'search response')],
  ['records in a member', '{"Records":[{"a":1},{"a":2}]}', documents('records', 'records in a member')],
  ['a long record in a member', `{"Records":[{"a":"${long}"}]}`, documents('records', 'records in a member')],
  ['an ES|QL answer', '{"columns":[{"name":"a","type":"long"}],"values":[[1]]}', documents('records', 'ES|QL answer')],
  ['a bulk body', '{"index":{"_index":"logs-x"}}\n{"a":1}\n', documents('records', 'bulk body')],

  ['lines inside gzip', gzipSync('{"a":1}\n'), documents('lines', 'NDJSON', { compression: 'gzip' })],
  ['a mark', '\ufeff{"a":1}\n', documents('lines', 'NDJSON', { encoding: 'utf-8-bom' })],
  [
    'UTF-16 with a mark',
    Buffer.from('\ufeff{"a":1}\n', 'utf16le'),
    documents('lines', 'NDJSON', { encoding: 'utf-16le' }),
  ],
  ['UTF-16 of the other order', utf16be('\ufeff{"a":1}\n'), documents('lines', 'NDJSON', { encoding: 'utf-16be' })],
  [
    'UTF-16 without a mark',
    Buffer.from('{"a":"日本語"}\n', 'utf16le'),
    documents('lines', 'NDJSON', { encoding: 'utf-16le' }),
  ],
  [
    'UTF-16 of the other order without a mark',
    utf16be('[\n{"a":1}\n]'),
    documents('records', 'JSON array', { encoding: 'utf-16be' }),
  ],
  [
    'UTF-16 inside gzip',
    gzipSync(utf16be('{"a":1}')),
    documents('lines', 'NDJSON', { compression: 'gzip', encoding: 'utf-16be' }),
  ],

  ['a zip archive', latin1(`PK\x03\x04${'\0'.repeat(30)}`), { kind: 'archive', archive: 'zip', compression: 'none' }],
  [
    'an empty zip archive',
    latin1(`PK\x05\x06${'\0'.repeat(18)}`),
    { kind: 'archive', archive: 'zip', compression: 'none' },
  ],
  ['gzip inside gzip', gzipSync(gzipSync('{"a":1}')), foreign('gzip data inside gzip data')],

  ['EVTX', latin1(`ElfFile\0${'\0'.repeat(100)}`), eventLog],
  ['EVTX without its header', Buffer.concat([Buffer.alloc(4096, 1), latin1('ElfChnk\0')]), eventLog],
  ['EVT', latin1('0\0\0\0LfLe\x01\0\0\0'), foreign('an old Windows event log (EVT)')],
  ['pcap', latin1('\xd4\xc3\xb2\xa1\x02\0\x04\0'), foreign('a packet capture (pcap)')],
  ['pcapng', latin1('\n\r\r\n\x1c\0\0\0'), foreign('a packet capture (pcapng)')],
  ['SQLite', latin1('SQLite format 3\0\x10\0'), foreign('an SQLite database')],
  ['Parquet', 'PAR1\x15', { kind: 'parquet' }],
  ['Parquet inside gzip', gzipSync('PAR1\x15'), foreign('a Parquet file')],
  ['PDF', '%PDF-1.7\n', foreign('a PDF document')],
  ['PNG', latin1('\x89PNG\r\n\x1a\n'), foreign('a PNG image')],
  ['ELF', latin1('\x7fELF\x02'), foreign('a program (ELF)')],
  ['PE', latin1(`MZ\x90${'\0'.repeat(100)}`), foreign('a program (PE)')],
  ['7z', latin1('7z\xbc\xaf\x27\x1c\0'), foreign('a 7z archive')],
  ['RAR', latin1('Rar!\x1a\x07\x01\0'), foreign('a RAR archive')],
  [
    'EVTX inside gzip',
    gzipSync('ElfFile\0'),
    documents('blocks', 'EVTX', { compression: 'gzip', conversion: { format: 'evtx', plan: null } }),
  ],
  ['UTF-32', latin1('\xff\xfe\0\0{\0\0\0'), foreign('text in UTF-32')],
  ['CSV', '"@timestamp","host.name"\n"Mar 10, 2026 @ 10:00:00.000","ws-1"\n', converted('delimited', 'CSV, Kibana')],
  ['CSV in UTF-16', Buffer.from('\ufeffa;b\r\n1;2\r\n', 'utf16le'), converted('delimited', 'CSV with semicolons')],
  ['Zeek', '#separator \\x09\n#fields\tts\n1\n', converted('zeek', 'Zeek log')],
  ['IIS', '#Software: IIS\n#Fields: date\n', converted('w3c', 'W3C extended log')],
  ['XML', '<?xml version="1.0"?>\n<Events/>', foreign('XML')],
  ['HTML', '<!DOCTYPE html><html>', foreign('HTML')],
  ['text', 'Mar 10 10:00:00 host sshd[1]: {"a":1}\nx\n', foreign('text that is not JSON')],
  [
    'text in brackets',
    '[2026-03-10 10:00:00] started\n[2026-03-10 10:00:01] stopped\n',
    foreign('text that is not JSON'),
  ],
  ['a document with an example', `${'A line of text.\n'.repeat(40)}{"a":1}\n`, foreign('text that is not JSON')],
  ['a program text', 'body {\n  color: red;\n}\n', foreign('text that is not JSON')],
  ['one column', 'n\n5\n', foreign('text that is not JSON')],
  ['JSON without objects', '[1,\n2]\n', foreign('JSON without objects')],
  ['other bytes', latin1('\x01\x02\x03\xff\xfe\x80'.repeat(50)), foreign('binary data')],
])('recognises %s', async (_, content, expected) => {
  expect(await detected(typeof content === 'string' ? Buffer.from(content) : content)).toEqual(expected);
});

const headerAlone: Detected = { kind: 'empty', what: 'a table with a header and no rows' };

it.each<[string, Detected]>([
  ['a,b,c', headerAlone],
  ['a,b,c\n', headerAlone],
  ['\ufeff"Date and Time","Event ID"\r\n', headerAlone],
  ['@timestamp;host.name\n\n', headerAlone],
  ['sep=;\na;b\n', headerAlone],
  ['a\tb\n', headerAlone],
  ['a|b\n', headerAlone],
  ['hello, world\n', foreign('text that is not JSON')],
  ['a,a\n', foreign('text that is not JSON')],
  ['a,,c\n', foreign('text that is not JSON')],
  ['a,2026-03-10\n', foreign('text that is not JSON')],
  ['No such file, or so it seems.\n', foreign('text that is not JSON')],
  ['a\n', foreign('text that is not JSON')],
])('knows a header without rows: %j', async (text, expected) => {
  expect(await detected(Buffer.from(text))).toEqual(expected);
});
