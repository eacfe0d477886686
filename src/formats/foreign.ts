/** Kinds of files by the bytes they begin with, or have at a place. */
const magics: readonly (readonly [what: string, magic: string, at?: number])[] = [
  ['an old Windows event log (EVT)', 'LfLe', 4],
  ['a packet capture (pcap)', '\xa1\xb2\xc3\xd4'],
  ['a packet capture (pcap)', '\xd4\xc3\xb2\xa1'],
  ['a packet capture (pcap)', '\xa1\xb2\x3c\x4d'],
  ['a packet capture (pcap)', '\x4d\x3c\xb2\xa1'],
  ['a packet capture (pcapng)', '\n\r\r\n'],
  ['an SQLite database', 'SQLite format 3\0'],
  ['a DuckDB database', 'DUCK', 8],
  ['an ESE database', '\xef\xcd\xab\x89', 4],
  ['a registry hive', 'regf'],
  ['a systemd journal', 'LPKSHHRH'],
  ['a prefetch file', 'SCCA', 4],
  ['a prefetch file', 'MAM\x04'],
  ['a Windows shortcut', 'L\0\0\0\x01\x14\x02\0'],
  ['a disk image (E01)', 'EVF\t\r\n\xff\0'],
  ['a Parquet file', 'PAR1'],
  ['an Arrow file', 'ARROW1'],
  ['an Avro file', 'Obj\x01'],
  ['an ORC file', 'ORC'],
  ['a PDF document', '%PDF-'],
  ['an Office document of the old kind', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'],
  ['a PNG image', '\x89PNG\r\n\x1a\n'],
  ['a JPEG image', '\xff\xd8\xff'],
  ['a GIF image', 'GIF8'],
  ['a program (ELF)', '\x7fELF'],
  ['a program (Mach-O)', '\xcf\xfa\xed\xfe'],
  ['a program (Mach-O)', '\xca\xfe\xba\xbe'],
  ['a WebAssembly module', '\0asm'],
  ['a 7z archive', '7z\xbc\xaf\x27\x1c'],
  ['a RAR archive', 'Rar!\x1a\x07'],
  ['a cabinet file', 'MSCF'],
  ['LZ4 data', '\x04\x22\x4d\x18'],
  ['Snappy data', '\xff\x06\0\0sNaPpY'],
  ['data compressed by compress (.Z)', '\x1f\x9d'],
];
/** Marks of UTF-32 are those of UTF-16 with zeros behind or before. */
const utf32: readonly string[] = ['\xff\xfe\0\0', '\0\0\xfe\xff'];

/** What a file that begins with these bytes is, if it is a known kind without documents. */
export function foreignKind(head: Buffer): string | null {
  const begin = head.toString('latin1', 0, 16);
  if (utf32.some((mark) => begin.startsWith(mark))) return 'text in UTF-32';
  const isProgram = begin.startsWith('MZ') && head.length >= 64 && head.subarray(0, 512).includes(0);
  if (isProgram) return 'a program (PE)';
  return magics.find(([, magic, at = 0]) => begin.startsWith(magic, at))?.[0] ?? null;
}

/** What text without JSON documents is. */
export function textKind(text: string): string {
  const begin = text.trimStart();
  if (text.startsWith('#separator ')) return 'a Zeek log of tab-separated values';
  if (/^#(Software|Version|Fields|Date): /.test(text)) return 'a W3C extended log';
  if (/^<(!doctype html|html)\b/i.test(begin)) return 'HTML';
  if (/^<(\?xml|[a-z][\w:.-]*[\s/>]|!--)/i.test(begin)) return 'XML';
  if (isBinary(text)) return 'binary data';
  return isDelimited(begin) ? 'delimited text (CSV)' : 'text that is not JSON';
}

/** Control characters and bytes that are no UTF-8: more than a few make no text. */
function isBinary(text: string): boolean {
  const sample = text.slice(0, 64 << 10);
  let odd = 0;
  for (let at = 0; at < sample.length; at++) {
    const code = sample.charCodeAt(at);
    if ((code < 32 && (code < 8 || code > 13) && code !== 27) || code === 0xfffd) odd++;
  }
  return odd > sample.length / 50;
}

const sampledLines = 20;

/** Whether the first lines have the same number of values, two or more, between the same separators. */
function isDelimited(text: string): boolean {
  const lines = text
    .split(/\r\n|\n|\r/, sampledLines + 1)
    .slice(0, -1)
    .filter((line) => line.trim() !== '')
    .map((line) => line.replace(/"(?:[^"]|"")*"/g, ''));
  if (lines.length < 2) return false;
  return [',', ';', '\t', '|'].some((separator) => {
    const [first, ...others] = lines.map((line) => line.split(separator).length);
    return first! > 1 && others.every((count) => count === first);
  });
}
