import { type Json, objectIn, onlyKnown, onlyMember, textIn, wholeIn } from '../members.ts';
import { illegal, malformed } from '../search-error.ts';
import type { Terms, ValueChoice } from './aggregation.ts';

const members = new Set([
  ...['field', 'size', 'order', 'min_doc_count', 'include', 'exclude', 'missing', 'format'],
  // How it is to be computed: the answer is exact.
  ...['shard_size', 'shard_min_doc_count', 'show_term_doc_count_error', 'execution_hint', 'collect_mode', 'value_type'],
]);

/** `terms`. */
export function readTerms(body: Json): Terms {
  if (body.script !== undefined) throw illegal('[script] is not supported in [terms]');
  onlyKnown(body, members, 'terms');
  const minDocCount = wholeIn(body.min_doc_count ?? 1, 'min_doc_count');
  if (minDocCount === 0)
    throw illegal('[min_doc_count] of [terms] must be [1] or more: values of no document are not listed');
  return {
    kind: 'terms',
    field: textIn(body.field, 'terms.field'),
    size: wholeIn(body.size ?? 10, 'size', 1),
    order: body.order === undefined ? [{ by: '_count', descending: true }] : [body.order].flat().flatMap(readOrder),
    minDocCount,
    include: readChoice(body.include),
    exclude: readChoice(body.exclude),
    missing: body.missing,
    format: body.format === undefined ? null : textIn(body.format, 'format'),
  };
}

export function readOrder(order: unknown): { by: string; descending: boolean }[] {
  return Object.entries(objectIn(order, 'order')).map((entry) => {
    const [by, direction] = onlyMember(Object.fromEntries([entry]), 'order');
    const word = String(direction).toLowerCase();
    if (word !== 'asc' && word !== 'desc') throw malformed(`Unknown order direction [${String(direction)}]`);
    return { by: by === '_term' || by === '_time' ? '_key' : by, descending: word === 'desc' };
  });
}

function readChoice(value: unknown): ValueChoice | null {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value) || typeof value === 'string') return value;
  throw illegal('[include] and [exclude] take values or a regular expression; [partition] is not supported');
}
