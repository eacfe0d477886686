import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allMembers } from '../../src/documents/conversion.ts';
import { eventXml } from '../../src/formats/event-xml/event-xml.ts';
import { convertFile } from './evtx/convert-file.ts';

/*
 * Windows event logs of others, which are not part of the project: of a folder that HARRIER_EVTX_SAMPLES names, each file has
 * the same records with the same values as evtxexport (libevtx-utils) gives them. Without either, these tests are skipped.
 */
const folder = process.env.HARRIER_EVTX_SAMPLES;
const hasExporter = spawnSync('evtxexport', ['-V']).error === undefined;
const files =
  folder === undefined || !hasExporter
    ? []
    : readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.toLowerCase().endsWith('.evtx'))
        .sort();

const guid = /^\{?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?$/i;
const time = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?Z$/;

/** A value without the ways of either reader: all as text, hexadecimal without padding, times to microseconds. */
function normalised(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normalised);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, normalised(inner)]));
  const text = String(value);
  if (/^0x[0-9a-f]+$/i.test(text)) return `0x${BigInt(text).toString(16)}`;
  if (guid.test(text)) return text.toLowerCase();
  const [, seconds, fraction = ''] = time.exec(text) ?? [];
  return seconds === undefined ? text : `${seconds}.${fraction.padEnd(6, '0').slice(0, 6)}Z`;
}

function exported(path: string): unknown[] {
  const xml = execFileSync('evtxexport', ['-f', 'xml', path], { maxBuffer: 1 << 30 });
  if (eventXml.detect(xml.subarray(0, 256 << 10), false, 0) === null) return [];
  const lines = Buffer.from(eventXml.convert(xml, null, () => undefined, allMembers)).toString();
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

describe.skipIf(files.length === 0)('event logs of a collection', () => {
  it.each(files)('%s', (name) => {
    const path = join(folder!, name);
    const { documents, unreadable } = convertFile(readFileSync(path));
    expect(unreadable).toEqual([]);
    expect(documents.map(normalised)).toEqual(exported(path).map(normalised));
  });
});

it.skipIf(files.length > 0)('needs HARRIER_EVTX_SAMPLES and evtxexport', ({ skip }) => skip());
