import { type FilledColumns, type FilledKinds, filledInAny, kindsInAny, type ReadPiece } from './document-reader.ts';
import type { KnownNames } from './names.ts';

/** What was read of several pieces under the same names. */
export interface JoinedPieces extends Pick<ReadPiece, 'rows' | 'keeps' | 'doubts' | 'hasHitIndex' | 'hasHitId'> {
  readonly names: KnownNames;
  /** By the place of the field among the names. */
  readonly fields: readonly FilledColumns[];
  /** Fields that no mapping knows. */
  readonly kinds: ReadonlyMap<string, FilledKinds>;
}

export const joinPieces = (names: KnownNames, pieces: readonly ReadPiece[]): JoinedPieces => ({
  names,
  fields: names.fields.map((_, i) => filledInAny(pieces.map(({ fields }) => fields[i]!))),
  kinds: kindsInAny(pieces.map(({ kinds }) => kinds)),
  rows: pieces.reduce((sum, { rows }) => sum + rows, 0),
  keeps: pieces.some(({ keeps }) => keeps),
  doubts: pieces.some(({ doubts }) => doubts),
  hasHitIndex: pieces.some(({ hasHitIndex }) => hasHitIndex),
  hasHitId: pieces.some(({ hasHitId }) => hasHitId),
});
