import type { AskedMembers } from '../documents/conversion.ts';

/** What a format that is no JSON has to give, to be read as documents. Its files are pure functions. */
export interface Importer<Plan = unknown> {
  /** As conversions name it. */
  readonly name: string;
  /** `text` comes decoded, as UTF-8 without byte order marks; `binary` as it is. */
  readonly kind: 'text' | 'binary';
  /**
   * Recognises a file by its beginning, of up to 256 KB. `isWhole`: that is all of it. `modified`: when it was written, in
   * milliseconds since the epoch, for dates that have no year.
   */
  detect(head: Buffer, isWhole: boolean, modified: number): { readonly label: string; readonly plan: Plan } | null;
  /** Cuts a file into blocks of whole records: on the main thread, so without looking into them. */
  cutter(plan: Plan): Cutter<Plan>;
  /**
   * Makes a document of each record of a block: JSON in UTF-8, one a line, each with its line end. A record that cannot be
   * read becomes a line that is no JSON object, best with a reason (`DocumentWriter.unreadable`). Runs in workers, and never
   * throws. Members that are not asked for may be left out. The memory is handed on: it must be neither kept nor used again.
   */
  convert(bytes: Uint8Array, plan: Plan, find: Find, asked: AskedMembers): Uint8Array;
  /** Words what was found in all blocks of a file. */
  report?(findings: ReadonlyMap<string, number>): FindingTexts;
}

/** Counts something that is to be reported of the file. */
export type Find = (name: string, count?: number) => void;

export interface FindingTexts {
  /** Why not all of the file was read. */
  readonly cuts: readonly string[];
  readonly notes: readonly string[];
}

export interface Cutter<Plan = unknown> {
  /**
   * How many of these bytes are whole records, and the plan to read them by; what stands behind them is given again, with
   * more. At the end of the file all are taken. 0 bytes: a record does not end in these.
   */
  take(bytes: Uint8Array, isEnd: boolean): { readonly length: number; readonly plan: Plan };
}
