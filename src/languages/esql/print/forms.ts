import type { MetadataField } from '../../../plan/nodes.ts';
import type { Release } from '../../../values/release.ts';

/*
 * What came with a later release than the command or the function that it belongs to: commands and functions say
 * themselves since when there is one.
 */

export const forms = {
  'BUCKET in LIMIT BY': '9.6',
  'a condition on an aggregate': '8.16',
  'a field of several types': '8.15',
  'CHANGE_POINT with BY': '9.4',
  'FORK with a branch that has no LIMIT': '9.4',
  'FROM with subqueries': '9.4',
  'GROK with several patterns': '9.3',
  'IN with a query': '9.6',
  'LIKE with several patterns': '9.2',
  'LIMIT with BY': '9.4',
  'LOOKUP JOIN on a condition': '9.2',
  'LOOKUP JOIN on several fields': '9.2',
  'SET time_zone': '9.4',
  'the least or greatest of what is no number and no date': '8.16',
} as const satisfies Readonly<Record<string, Release>>;

export type Form = keyof typeof forms;

/** The fields of METADATA that not every release has. */
export const metadataSince: { readonly [F in MetadataField]?: Release } = {
  _ignored: '8.15',
  _score: '8.18',
  _index_mode: '8.18',
};
