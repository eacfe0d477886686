// How fast Windows event logs are read, beside evtxexport of libevtx where that is installed. The log is made of the chunks of
// logs that you have, again and again:
//
//   node bench/evtx.mjs FOLDER [--megabytes 100]
//
// Wall-clock times say little on a machine that does other work: processor seconds are printed beside them.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { crc32 } from 'node:zlib';
import { build } from 'esbuild';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    megabytes: { type: 'string', default: '100' },
    harrier: { type: 'string', default: fileURLToPath(new URL('../dist/harrier.js', import.meta.url)) },
  },
});
const [source] = positionals;
if (!source) throw new Error('name a folder of event logs');
const chunkBytes = 65_536;

/** The chunks of all logs below a folder that are at least half full: what a log of Windows mostly has. */
function chunksIn(folder) {
  const chunks = [];
  for (const name of readdirSync(folder, { recursive: true })) {
    if (!name.toLowerCase().endsWith('.evtx')) continue;
    const log = readFileSync(join(folder, name));
    for (let at = 4096; at + chunkBytes <= log.length; at += chunkBytes) {
      const chunk = log.subarray(at, at + chunkBytes);
      if (chunk.toString('latin1', 0, 7) === 'ElfChnk' && chunk.readUInt32LE(48) > chunkBytes / 2) chunks.push(chunk);
    }
  }
  return chunks;
}

function logOf(chunks, count) {
  const header = Buffer.alloc(4096);
  header.write('ElfFile\0', 'latin1');
  header.writeBigUInt64LE(BigInt(count - 1), 16);
  header.writeBigUInt64LE(1_000_000n, 24);
  header.writeUInt32LE(128, 32);
  header.writeUInt16LE(1, 36);
  header.writeUInt16LE(3, 38);
  header.writeUInt16LE(4096, 40);
  header.writeUInt16LE(count, 42);
  header.writeUInt32LE(crc32(header.subarray(0, 120)), 124);
  return Buffer.concat([header, ...Array.from({ length: count }, (_, i) => chunks[i % chunks.length])]);
}

/** Runs something, and gives the seconds it took, by the clock and of processors. */
function timed(command, args) {
  const before = childSeconds();
  const begin = performance.now();
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'ignore'] });
  const wall = (performance.now() - begin) / 1000;
  if (error || status !== 0) return null;
  return { wall, processor: childSeconds() - before };
}

/** Seconds of processors that processes used that have ended. */
function childSeconds() {
  const [, , , , , , , , , , , , , cutime, cstime] = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(cutime) + Number(cstime)) / 100;
}

const folder = mkdtempSync(join(tmpdir(), 'harrier-evtx-'));
try {
  const chunks = chunksIn(source);
  if (chunks.length === 0) throw new Error(`no event log in ${source} has a chunk that is half full`);
  const path = join(folder, 'bench.evtx');
  writeFileSync(path, logOf(chunks, Math.max(1, Math.round((Number(values.megabytes) * 1e6) / chunkBytes))));
  const bytes = statSync(path).size;

  const bundle = join(folder, 'evtx.mjs');
  const entry = fileURLToPath(new URL('../src/formats/evtx/evtx.ts', import.meta.url));
  await build({
    entryPoints: [entry],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
  });
  const { evtx } = await import(pathToFileURL(bundle).href);
  const log = readFileSync(path);
  let records = 0;
  const convert = () => {
    records = 0;
    const block = 64 * chunkBytes;
    for (let at = 4096; at < log.length; at += block) {
      const lines = evtx.convert(log.subarray(at, at + block), null, () => undefined);
      for (let end = lines.indexOf(10); end >= 0; end = lines.indexOf(10, end + 1)) records++;
    }
  };
  const before = process.cpuUsage();
  const begin = performance.now();
  convert();
  const used = process.cpuUsage(before);
  const rows = [
    [
      'Harrier, to lines of JSON, one thread',
      { wall: (performance.now() - begin) / 1000, processor: (used.user + used.system) / 1e6 },
    ],
    [
      'Harrier, a query of all events',
      timed(process.execPath, [values.harrier, 'query', 'FROM * | STATS COUNT(*)', '--data', path, '--no-cache']),
    ],
    ['evtxexport -f xml', timed('evtxexport', ['-f', 'xml', path])],
  ];
  console.log(`${records.toLocaleString('en')} records in ${(bytes / 1e6).toFixed(0)} MB`);
  console.table(
    Object.fromEntries(
      rows.map(([name, time]) => [
        name,
        time === null
          ? { 'records/s': 'not run' }
          : {
              'records/s': Math.round(records / time.wall),
              'MB/s': Math.round(bytes / 1e6 / time.wall),
              seconds: Number(time.wall.toFixed(2)),
              'processor seconds': Number(time.processor.toFixed(2)),
              'records per processor second': Math.round(records / time.processor),
            },
      ]),
    ),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
