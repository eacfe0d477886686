import { openPlaced } from '../documents/bytes.ts';
import { isBlank, longestDocument } from '../documents/line-texts.ts';
import type { Mapping } from '../ecs/mapping.ts';
import { notesBefore, type Source } from '../files/read-inputs.ts';
import { Tally } from '../files/tally.ts';
import { isReadInPlace, type OpenBytes, openDocuments } from '../formats/formats.ts';
import type { FileState } from './known-files.ts';

/** As `lines` or as `records`. */
export type Layout = Source['format']['layout'];

/** Smaller files are read at once: to wait for each call costs more than the call. */
const smallFile = 256 << 10;

function openSmall(path: string): OpenBytes {
  const file = openPlaced(path);
  let at = 0;
  return {
    async read(into) {
      const count = file.read(into, at);
      at += count;
      return count;
    },
    async close() {
      file.close();
    },
  };
}

/** A file, or an entry of an archive, that is being read in. */
export class FileInTurn {
  /** As people know it. */
  readonly name: string;
  /** What was known of it before. */
  known: FileState | null = null;
  /** What is to be said of it: that it ends early, what stands behind its end. */
  readonly notes: string[] = [];
  /** Whether not all of it was read. */
  isCut = false;
  /** What was written of it. */
  readonly tally = new Tally();
  /** The mappings that gave its events their fields and their index, as far as it was written. */
  readonly mappings = new Set<Mapping>();
  #bytesRead = 0;

  constructor(readonly source: Source) {
    this.name = `${source.input.name}${source.entry}`;
  }

  /** How much of it was read so far, 0 to 1. */
  get fraction(): number {
    return this.#bytesRead / this.source.bytes;
  }

  /** Opens its documents, one a line. */
  open(layout: Layout): Promise<OpenBytes> {
    const { path, format, bytes } = this.source;
    this.notes.splice(0, this.notes.length, ...notesBefore(this.source));
    this.isCut = this.source.cut !== null;
    if (bytes < smallFile && isReadInPlace({ ...format, layout })) return Promise.resolve(openSmall(path));
    return openDocuments(
      path,
      { ...format, layout },
      {
        onRead: (count) => {
          this.#bytesRead = count;
        },
        onCut: (what) => {
          this.isCut = true;
          this.notes.push(what);
        },
        onNote: (note) => this.notes.push(note),
      },
    );
  }

  /** Whether its last line is to be left for the next time: it is blank, or ends within a document. */
  leaves(line: Buffer): boolean {
    if (isBlank(line)) return true;
    if (line.length > longestDocument) return false;
    try {
      JSON.parse(line.toString('utf8'));
      return false;
    } catch {
      this.isCut = true;
      this.notes.push('its last line is cut off: it is read once it is whole');
      return true;
    }
  }
}
