import type { KnownNames } from '../documents/names.ts';
import { wantedField } from '../sources/read-columns.ts';
import { type Sql, sql } from '../sql/sql.ts';

/*
 * Documents as exports of searches have them: each in the `_source` of a hit, beside its index and its id.
 */

/** What a hit may have besides, which says nothing of the document. */
const besides = [
  '_score',
  '_type',
  '_version',
  '_seq_no',
  '_primary_term',
  '_routing',
  '_ignored',
  '_shard',
  '_node',
  '_explanation',
  '_nested',
  'sort',
  'fields',
  'highlight',
  'matched_queries',
  'inner_hits',
  'ignored_field_values',
];

/** What is known of hits whose documents have these names: their fields, then the hit's index, then its id. */
export function namesInHits({ fields, objects, opaque, open }: KnownNames): KnownNames {
  const within = (name: string): string => (name === '' ? '_source' : `_source.${name}`);
  return {
    fields: [
      ...fields.map((field) => ({ ...field, name: within(field.name) })),
      wantedField('_index', 'text'),
      wantedField('_id', 'text'),
    ],
    objects: ['_source', ...objects.map(within)],
    opaque: opaque.map(within),
    open: open.map(within),
    ignored: besides,
  };
}

/** Hits of which nothing is known beforehand: index, id, and the document as JSON. */
export const hitNames: KnownNames = {
  fields: [
    wantedField('_index', 'text'),
    wantedField('_id', 'text'),
    { name: '_source', form: 'any', order: 'asTheyCome', takesObjects: true },
  ],
  objects: [],
  opaque: [],
  open: [''],
};

/** The document of a hit; what has no `_source` is a document itself. */
export const documentOfHit = (hit: Sql): Sql => sql`coalesce(json_extract(${hit}, '$._source')::VARCHAR, ${hit})`;
