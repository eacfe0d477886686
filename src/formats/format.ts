import type { Conversion } from '../documents/conversion.ts';
import type { Compression, ReadHooks } from './compression/open-decompressed.ts';
import type { Encoding } from './encoding.ts';

/** How the documents of a file are written. */
export interface FileFormat {
  readonly compression: Compression;
  /** Other than UTF-8 without a mark, the text is rewritten while it is read. */
  readonly encoding: Encoding;
  /**
   * `lines`: a document on each line; `records`: other JSON, of which the documents are cut out; `blocks`: no JSON, but
   * records that are converted, a block of them at a time.
   */
  readonly layout: 'lines' | 'records' | 'blocks';
  /** How blocks are converted. */
  readonly conversion?: Conversion;
  /** As people call it: "NDJSON", "JSON array", "search response". */
  readonly label: string;
}

/** What a file is. */
export type Detected =
  | { readonly kind: 'documents'; readonly format: FileFormat }
  | { readonly kind: 'archive'; readonly archive: 'zip' | 'tar'; readonly compression: Compression }
  /** Rows in Parquet, which the engine reads. */
  | { readonly kind: 'parquet' }
  /** It holds no event, though it may hold something, which `what` names. */
  | { readonly kind: 'empty'; readonly what: string }
  /** Not even its beginning can be read, as the text says. */
  | { readonly kind: 'broken'; readonly what: string }
  /** `what` says which error: "an error answer of Elasticsearch (…)". */
  | { readonly kind: 'error'; readonly what: string }
  | {
      readonly kind: 'foreign';
      /** As a noun, with its article where it has one: "a Windows event log (EVTX)", "binary data". */
      readonly what: string;
    };

/** Who hears what becomes of a file while its documents are read. */
export interface DocumentHooks extends ReadHooks {
  /** Something else to be known about what was read. */
  onNote?(text: string): void;
}

/** Whether the lines of documents can be read just as they stand in the file. */
export const isReadInPlace = ({ layout, compression, encoding }: Omit<FileFormat, 'label'>): boolean =>
  layout === 'lines' && compression === 'none' && encoding === 'utf-8';

/** A format as people call it: `NDJSON`, `JSON array, UTF-16LE, gzip`. */
export function formatText({ label, encoding, compression }: FileFormat): string {
  const others = [
    ...(encoding.startsWith('utf-16') ? [encoding.toUpperCase()] : []),
    ...(compression === 'none' ? [] : [compression]),
  ];
  return [label, ...others].join(', ');
}
