import { allMembers } from '../../documents/conversion.ts';
import { convertDelimited } from './convert.ts';
import { tableWithHeader } from './detect.ts';

/** A whole text of delimited cells as documents. */
export interface HeadedTable {
  /** The names of the columns. */
  readonly header: readonly string[];
  /** A document for each row, one a line; a line that is no JSON for one that cannot be read. */
  readonly documents: Uint8Array;
  /** The line of the text in which each of them begins, from one. */
  readonly lines: readonly number[];
}

/** Reads a text whose first line names its columns; null where there is nothing in it. */
export function readHeadedTable(text: Buffer): HeadedTable | null {
  const found = tableWithHeader(text);
  if (!found) return null;
  const { header, plan } = found;
  const lines: number[] = [];
  let [at, line] = [0, 1];
  const documents = convertDelimited(text, plan, allMembers, (begin) => {
    for (const end = plan.skip + begin; at < end; at++) if (text[at] === plan.lineEnd) line++;
    lines.push(line);
  });
  return { header, documents, lines };
}
