import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Reader, type Response } from 'mmdb-lib';
import { formatIp, parseIp } from '../../values/ip.ts';
import { type LocationDatabase, type LocationProperty, locationKind, locationValue } from '../../values/ip-location.ts';

/** Databases stay open as long as the process: each is read whole. */
const open = new Map<string, Reader<Response>>();

function readerOf(file: string): Reader<Response> {
  let reader = open.get(file);
  if (!reader) {
    reader = new Reader<Response>(readFileSync(file));
    open.set(file, reader);
  }
  return reader;
}

/** A file as a database of queries; throws an Error that says why it is none. */
export function describeLocations(file: string): LocationDatabase {
  const { databaseType } = readerOf(file).metadata;
  const kind = locationKind(databaseType);
  if (!kind) throw new Error(`it is of the type ${databaseType}; City, Country and ASN can be read`);
  return { name: basename(file), file, kind };
}

/** The properties of an address as lists of texts in JSON, or `!` and why there are none. */
export function locate(file: string, properties: readonly LocationProperty[], text: string): string {
  const ip = parseIp(text);
  if (ip === null) return `!'${text}' is not an IP string literal.`;
  const address = formatIp(ip);
  const [record, length] = readerOf(file).getWithPrefixLength(address);
  const network = `${address}/${length}`;
  const values = properties.map((property) => (record ? locationValue(record, property, address, network) : null));
  return JSON.stringify(values.map((value) => (value === null ? [] : [value])));
}
