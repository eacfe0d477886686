import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder.ts';

type Value = string | number | boolean | Value[] | { readonly [name: string]: Value };

/** A value in the data format of MaxMind DB files: a control byte with type and size, then the value. */
function encode(value: Value): Buffer {
  if (typeof value === 'string') return tagged(2, Buffer.from(value));
  if (typeof value === 'boolean') return control(14, value ? 1 : 0);
  if (typeof value === 'number') {
    if (!Number.isInteger(value)) {
      const double = Buffer.alloc(8);
      double.writeDoubleBE(value);
      return tagged(3, double);
    }
    const whole = Buffer.alloc(4);
    whole.writeUInt32BE(value);
    return tagged(6, whole);
  }
  if (Array.isArray(value)) return Buffer.concat([control(11, value.length), ...value.map(encode)]);
  const members = Object.entries(value);
  return Buffer.concat([
    control(7, members.length),
    ...members.flatMap(([name, inner]) => [encode(name), encode(inner)]),
  ]);
}

const tagged = (type: number, bytes: Buffer): Buffer => Buffer.concat([control(type, bytes.length), bytes]);

function control(type: number, size: number): Buffer {
  const short = Math.min(size, 29);
  const head = type > 7 ? [short, type - 7] : [(type << 5) | short];
  return Buffer.from(size < 29 ? head : [...head, size - 29]);
}

/** A database in MaxMind's format of what is known of some IPv4 networks, none in another; gives its path. */
export function locationFile(name: string, type: string, networks: Readonly<Record<string, Value>>): string {
  const nodes: [number | null | Buffer, number | null | Buffer][] = [[null, null]];
  const records = Object.entries(networks).map(([block, record]) => ({ block, data: encode(record) }));
  for (const { block, data } of records) {
    const [address, length] = block.split('/') as [string, string];
    const bits = address
      .split('.')
      .map((part) => Number(part).toString(2).padStart(8, '0'))
      .join('')
      .slice(0, Number(length));
    let node = 0;
    for (const [i, bit] of [...bits].entries()) {
      const side = Number(bit) as 0 | 1;
      if (i === bits.length - 1) nodes[node]![side] = data;
      else {
        if (nodes[node]![side] === null) nodes[node]![side] = nodes.push([null, null]) - 1;
        node = nodes[node]![side] as number;
      }
    }
  }
  const offsets = new Map<Buffer, number>();
  let at = 0;
  for (const { data } of records) {
    offsets.set(data, at);
    at += data.length;
  }
  const pointer = (side: number | null | Buffer): number =>
    side === null ? nodes.length : typeof side === 'number' ? side : nodes.length + 16 + offsets.get(side)!;
  const tree = Buffer.alloc(nodes.length * 8);
  for (const [i, sides] of nodes.entries())
    for (const [side, value] of sides.entries()) tree.writeUInt32BE(pointer(value), i * 8 + side * 4);
  const metadata = encode({
    ...{ node_count: nodes.length, record_size: 32, ip_version: 4, database_type: type },
    ...{ binary_format_major_version: 2, binary_format_minor_version: 0, build_epoch: 1_770_000_000 },
    ...{ languages: ['en'], description: { en: 'made for a test' } },
  });
  const path = join(temporaryFolder(), name);
  writeFileSync(
    path,
    Buffer.concat([
      tree,
      Buffer.alloc(16),
      ...records.map(({ data }) => data),
      Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1'),
      metadata,
    ]),
  );
  return path;
}
