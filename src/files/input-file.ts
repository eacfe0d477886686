import { type BigIntStats, statSync } from 'node:fs';

/** A file to read, as it was when it was found. */
export interface InputFile {
  /** Absolute: what is opened. For a spooled input this is its temporary copy. */
  readonly path: string;
  /** As people know it: the path as they named it, `-` for standard input. */
  readonly name: string;
  readonly bytes: number;
  /** Nanoseconds since the epoch, as text: with the other two, this identifies one state of a file. */
  readonly modified: string;
  /** Time of the last change of the inode (ctime), in the same form: no program can set it back. */
  readonly changed: string;
  readonly inode: string;
  readonly device: string;
  /** The path is temporary, until `Inputs.close`: a copy of a pipe or a device, or a link to what no text names. */
  readonly spooled: boolean;
}

/** Something that was named or found and is not among the files. */
export interface NotRead {
  /** As people know it. */
  readonly path: string;
  /** Completes `PATH: …`, such as `permission denied` or `the same file as logs/a.ndjson`. */
  readonly reason: string;
  /** `same`: its events are read from another path. `unreadable`: its events are missing. */
  readonly cause: 'same' | 'unreadable';
}

/** What the user named: files to read, and what cannot or need not be read. */
export interface Inputs {
  readonly files: readonly InputFile[];
  readonly notRead: readonly NotRead[];
  /** Ready to print: hidden files that were passed over. */
  readonly notes: readonly string[];
  /** Removes spooled copies. */
  close(): Promise<void>;
}

/** A file as it is now. Throws what the system says. */
export const inputFile = (
  path: string,
  name: string,
  spooled: boolean,
  { size, mtimeNs, ctimeNs, ino, dev }: BigIntStats = statSync(path, { bigint: true }),
): InputFile => ({
  ...{ path, name, spooled, bytes: Number(size), modified: `${mtimeNs}`, changed: `${ctimeNs}` },
  ...{ inode: `${ino}`, device: `${dev}` },
});
