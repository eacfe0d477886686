import { patternMatcher } from './index-pattern.ts';

/** The values that a field can have in events of one kind. */
export interface PossibleValues {
  readonly texts: readonly string[];
  /** Beside the texts, whatever matches it as a whole. */
  readonly pattern: RegExp | null;
  /** Beside these there may be others: which, nobody knows. */
  readonly isOpen: boolean;
  /** Set where an event has all of the texts at once. */
  readonly areTogether?: true;
}

/** A kind of event that a source records. */
export interface RecordedKind {
  /** The number that the source itself gives such events, as Windows does; null where it gives none. */
  readonly number: string | null;
  /** By the fields that say what kind of event it is; nothing is known of fields that are not there. */
  readonly values: Pick<ReadonlyMap<string, PossibleValues>, 'get'>;
}

/** A setting without which a source does not record events in which fields have these values. */
export interface RecordingSetting {
  readonly when: ReadonlyMap<string, readonly string[]>;
  /** What has to be set up: `a trail that records data events`. */
  readonly needs: string;
}

/**
 * How a source carries a field: `general` in events of any kind, `some kinds` only in those that are about it,
 * `sometimes` in single events of a kind (a reason where something failed), `never` not at all.
 */
export type Carriage = 'general' | 'some kinds' | 'sometimes' | 'never';

/** What a data source can record, whether or not it did. */
export interface RecordedSource {
  /** As people know it: `AWS CloudTrail`. */
  readonly title: string;
  /** Whether events of an index are of this source. */
  hasIndex(name: string): boolean;
  readonly kinds: readonly RecordedKind[];
  readonly settings: readonly RecordingSetting[];
  carriage(field: string): Carriage;
}

/** Whether an index is a data stream of a type and dataset, in any namespace: `logs-aws.cloudtrail-prod`. */
export function isStream(type: string, dataset: string): (index: string) => boolean {
  const matches = patternMatcher(`${type}-${dataset}-*`);
  // Backing indices, and those of other clusters, belong to the data stream that they are named after.
  return (index) => matches(index.replace(/^(?:[^:]*:)?(?:\.ds-)?/, ''));
}
