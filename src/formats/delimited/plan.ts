/** What a cell of a column is made into. */
export type CellKind = 'any' | 'object' | 'kibana-date' | 'list';

/** A column, by the name that its header gives it. */
export interface DelimitedColumn {
  readonly name: string;
  readonly kind: CellKind;
}

/** What must be known to read the records of delimited text. */
export interface DelimitedPlan {
  /** The byte between cells. */
  readonly delimiter: number;
  /** The byte that ends a record: a line feed, or a carriage return in files that have no line feed. */
  readonly lineEnd: number;
  readonly columns: readonly DelimitedColumn[];
  /** Bytes of the header and of what comes before it, with which only the first block begins. */
  readonly skip: number;
  /** The header as it stands in the file: files that were joined have it again. Empty if there is none. */
  readonly header: string;
  /** Whether lines that begin with `#` are about the file and not of it, as in Exchange's logs. */
  readonly hasDirectives: boolean;
  /** Whether an apostrophe before what a spreadsheet would take for a formula is a guard, and not part of the text. */
  readonly isGuarded: boolean;
  /** Whether Kibana wrote it: `-` is no value, and numbers have commas between thousands. */
  readonly isKibana: boolean;
}

export const quote = 0x22;
export const lineFeed = 10;
export const carriageReturn = 13;

/** A record is no longer if a quote in it is never closed: what follows is read as if that line were the record. */
export const longestQuoted = 8 << 20;
