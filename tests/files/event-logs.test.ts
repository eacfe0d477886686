import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { ingestFiles } from '../../src/store/ingest-files.ts';
import { Store } from '../../src/store/store.ts';
import { chunksWith, eventData, eventRecord, fileOf, textValue } from '../formats/evtx/evtx-writer.ts';
import { ask, files, reportOf } from './support.ts';

/* Files that are no JSON, from end to end: event logs of Windows stand for all that are converted in blocks. */

const records = (count: number, from = 1): ReturnType<typeof eventRecord>[] =>
  Array.from({ length: count }, (_, i) =>
    eventRecord(from + i, 4624, eventData({ who: textValue(`user ${i % 7}`), what: textValue('x'.repeat(200)) })),
  );
/** More than a block of several chunks. */
const large = fileOf(chunksWith(records(12_000)));
const small = fileOf(chunksWith(records(10)));

function damaged(log: Buffer, chunk: number): Buffer {
  const copy = Buffer.from(log);
  // The first record of a chunk is not there.
  copy.fill(0, 4096 + chunk * 65_536 + 512, 4096 + chunk * 65_536 + 520);
  return copy;
}

const counted =
  'FROM * | STATS n = COUNT(*), least = MIN(Event.System.EventRecordID), most = MAX(Event.System.EventRecordID)';

it('reads a log in several blocks, every record once', async () => {
  expect(large.length).toBeGreaterThan(6 << 20);
  const place = files({ 'Security.evtx': large });
  const { values, report } = await ask(counted, place);
  expect(values).toEqual([[12_000n, 1n, 12_000n]]);
  expect(report.files).toMatchObject([{ format: 'EVTX', read: 'all', events: 12_000, reason: null }]);
  const groups = await ask('FROM * | STATS n = COUNT(*) BY Event.EventData.who | SORT n DESC | LIMIT 1', place);
  expect(groups.values).toEqual([[1715n, 'user 0']]);
});

it.each([
  ['a log inside gzip', { 'a.evtx.gz': gzipSync(large) }, 12_000],
  ['small logs', { 'a.evtx': small, 'b.evtx': fileOf(chunksWith(records(5, 100))) }, 15],
  ['a log and lines', { 'a.evtx': small, 'b.ndjson': '{"Event":{"System":{"EventRecordID":99}}}\n' }, 11],
])('reads %s', async (_, contents, events) => {
  const { values, report } = await ask('FROM * | STATS n = COUNT(*)', files(contents as Record<string, Buffer>));
  expect(values).toEqual([[BigInt(events)]]);
  expect(report.malformed.count).toBe(0);
});

it('takes copies of a log for one, compressed or not', async () => {
  for (const log of [small, large]) {
    const place = files({ 'a.evtx': log, 'b.evtx': log, 'c.evtx.gz': gzipSync(log) });
    const { files: reports, events } = await reportOf(place);
    expect(reports.map(({ cause }) => cause)).toEqual([null, 'same', 'same']);
    expect(events).toBe(log === small ? 10 : 12_000);
  }
});

it('counts damaged records with their places, in whichever block they stand', async () => {
  const perChunk = Math.floor(chunksWith(records(12_000)).length * 0.7);
  const log = damaged(large, perChunk);
  const first = 4096 + perChunk * 65_536;
  const id = Number(log.readBigUInt64LE(first + 24));
  const place = files({ 'a.evtx': log });
  const { values, report } = await ask('FROM * | STATS n = COUNT(*)', place);
  expect(values).toEqual([[11_999n]]);
  expect(report.malformed.count).toBe(1);
  expect(report.malformed.first).toEqual([
    {
      file: join(place, 'a.evtx'),
      line: id,
      reason: 'a damaged record of an event log',
      preview: `record ${id} was not found`,
    },
  ]);
  expect(report.notes).toEqual([
    `${join(place, 'a.evtx')}: 1 chunk of ${(log.length - 4096) / 65_536} with a wrong checksum: the records were read all the same`,
  ]);
  await expect(ask('FROM * | STATS n = COUNT(*)', place, { strict: true })).rejects.toThrow('--strict');
});

it('remembers what was read, with what is to be said of it', async () => {
  const place = files({ 'a.evtx': damaged(small, 0) });
  const cacheFolder = join(place, 'cache');
  const first = await ask('FROM * | STATS n = COUNT(*)', join(place, 'a.evtx'), { cacheFolder });
  const second = await ask('FROM * | STATS n = COUNT(*)', join(place, 'a.evtx'), { cacheFolder });
  expect([first.report.fromCache, second.report.fromCache]).toEqual([false, true]);
  expect(second.values).toEqual([[9n]]);
  expect(second.report.malformed).toEqual(first.report.malformed);
  expect(second.report.notes).toEqual(first.report.notes);
});

it('says that a log is cut off', async () => {
  const place = files({ 'a.evtx': large.subarray(0, 4096 + 65_536 + 10_000) });
  const { files: reports } = await reportOf(place);
  expect(reports[0]).toMatchObject({ read: 'part', cause: 'damaged' });
  expect(reports[0]!.reason).toContain('1 chunk cut off');
});

it('takes logs into a store, and once', async () => {
  const place = files({ 'a.evtx': large, 'b.evtx': damaged(small, 0) });
  const store = await Store.open(join(place, 'store'));
  try {
    const paths = { files: [join(place, 'a.evtx'), join(place, 'b.evtx')] };
    const report = await ingestFiles(store, paths);
    expect([report.added, report.refused.count]).toEqual([12_009, 1]);
    expect(report.refused.first).toEqual([
      {
        file: join(place, 'b.evtx'),
        line: 1,
        reason: 'a damaged record of an event log',
        preview: 'record 1 was not found',
      },
    ]);
    expect((await ingestFiles(store, paths)).added).toBe(0);
  } finally {
    await store.close();
  }
});

it('adds to a store what a log has grown by', async () => {
  const place = files({ 'a.evtx': small });
  const path = join(place, 'a.evtx');
  const store = await Store.open(join(place, 'store'));
  try {
    expect((await ingestFiles(store, { files: [path] })).added).toBe(10);
    writeFileSync(path, fileOf(chunksWith(records(25))));
    expect((await ingestFiles(store, { files: [path] })).added).toBe(15);
  } finally {
    await store.close();
  }
});

it('reads events in XML in every encoding', async () => {
  const event = (id: number): string =>
    `<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><EventRecordID>${id}</EventRecordID></System><EventData><Data Name="who">日本</Data></EventData></Event>`;
  const text = Array.from({ length: 6_000 }, (_, i) => event(i + 1)).join('\r\n');
  for (const bytes of [Buffer.from(text), Buffer.from(`\ufeff${text}`), Buffer.from(`\ufeff${text}`, 'utf16le')]) {
    const { values, report } = await ask(`${counted} BY Event.EventData.who`, files({ 'a.xml': bytes }));
    expect(values).toEqual([[6_000n, 1n, 6_000n, '日本']]);
    expect(report.malformed.count).toBe(0);
  }
});
