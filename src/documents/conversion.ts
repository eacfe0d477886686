/** How bytes that are no JSON become lines of documents: plain data, for workers and for the cache. */
export interface Conversion {
  /** The name of the format. */
  readonly format: string;
  /** What must be known to read any block of the file. */
  readonly plan: unknown;
}

/** What a block of a file became. */
export interface Converted {
  /** Documents, one a line. */
  readonly lines: Uint8Array;
  /** What else was found, and how often: the format words it. */
  readonly findings: ReadonlyMap<string, number>;
}

/**
 * Which of the members of documents somebody looks at; all are given, as they stand in the document, for that depends on the
 * others, too. What nobody looks at may be left out of lines that are only read once: to write it costs as much as anything.
 */
export type AskedMembers = (members: readonly string[]) => readonly boolean[];

/** Makes documents of a block. */
export type Converter = (bytes: Uint8Array, conversion: Conversion, asked: AskedMembers) => Converted;

export const allMembers: AskedMembers = (members) => members.map(() => true);

/** Adds counts of what was found to others. */
export function addFindings(all: Map<string, number>, more: ReadonlyMap<string, number>): void {
  for (const [name, n] of more) all.set(name, (all.get(name) ?? 0) + n);
}

/**
 * A record that could not be read becomes a line that no reader takes for a document: this byte, the reason, the byte
 * again, and what stands there.
 */
export const unreadableMark = 1;

/** The reason and the text of a record that could not be read; null for other lines. */
export function unreadableRecord(line: Buffer): { readonly reason: string; readonly text: Buffer } | null {
  if (line[0] !== unreadableMark) return null;
  const end = line.indexOf(unreadableMark, 1);
  return end < 0 ? null : { reason: line.toString('utf8', 1, end), text: line.subarray(end + 1) };
}
