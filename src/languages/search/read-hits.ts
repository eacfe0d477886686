import { booleanIn, type Json, objectIn, onlyKnown, textIn, wholeIn } from './members.ts';
import { readSort } from './read-sort.ts';
import { illegal, malformed } from './search-error.ts';
import type { HitForm, HitsRequest, SourceFilter, WantedField } from './search-request.ts';

/** As many hits as Elasticsearch's index.max_result_window and index.max_inner_result_window let an answer reach. */
export const resultWindow = 10_000;

/** How hits are to be sorted, cut and shown, from the members of a search or of `top_hits`. */
export function readHits(body: Json, size: number): HitsRequest {
  return {
    from: wholeIn(body.from ?? 0, 'from'),
    size: wholeIn(body.size ?? size, 'size'),
    sort: readSort(body.sort),
    form: readForm(body),
  };
}

function readForm(body: Json): HitForm {
  const stored = [body.stored_fields ?? []].flat().map(String);
  const source = readSource(body._source ?? (body.stored_fields === undefined || stored.includes('_source')));
  return {
    source,
    fields: [
      ...wanted(body.fields, 'fields'),
      ...wanted(body.docvalue_fields, 'docvalue_fields'),
      ...wanted(
        stored.filter((name) => name !== '_none_' && name !== '_source'),
        'stored_fields',
      ),
    ],
    version: booleanIn(body.version ?? false, 'version'),
    sequence: booleanIn(body.seq_no_primary_term ?? false, 'seq_no_primary_term'),
  };
}

const sourceMembers = new Set(['includes', 'include', 'excludes', 'exclude', 'exclude_vectors']);

/** `_source`: shown or not, the paths to show, or those to show and those to leave out. */
export function readSource(source: unknown): SourceFilter {
  if (typeof source === 'boolean') return { shown: source, includes: [], excludes: [] };
  if (source === 'true' || source === 'false') return { shown: source === 'true', includes: [], excludes: [] };
  if (typeof source === 'string' || Array.isArray(source))
    return { shown: true, includes: paths(source), excludes: [] };
  const filter = objectIn(source, '_source');
  onlyKnown(filter, sourceMembers, '_source');
  return {
    shown: true,
    includes: paths(filter.includes ?? filter.include ?? []),
    excludes: paths(filter.excludes ?? filter.exclude ?? []),
  };
}

const paths = (value: unknown): string[] => [value].flat().map((path) => textIn(path, '_source'));

function wanted(value: unknown, where: string): WantedField[] {
  return [value ?? []].flat().map((field): WantedField => {
    if (typeof field === 'string') return { pattern: field, format: null };
    const { field: pattern, format = null, include_unmapped: _, ...more } = objectIn(field, where);
    const [unknown] = Object.keys(more);
    if (unknown !== undefined) throw malformed(`[${where}] unknown field [${unknown}]`);
    return { pattern: textIn(pattern, where), format: format === null ? null : textIn(format, `${where}.format`) };
  });
}

/** Throws where hits lie beyond what an answer reaches. */
export function checkWindow({ from, size }: HitsRequest): void {
  if (from + size > resultWindow)
    throw illegal(
      `Result window is too large, from + size must be less than or equal to: [${resultWindow}] but was [${from + size}]. See the scroll api for a more efficient way to request large data sets. This limit can be set by changing the [index.max_result_window] index level setting.`,
    );
}
