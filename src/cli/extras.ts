import type { Extras } from '../app/extras.ts';
import { rowsAlone } from '../report/formats.ts';
import { librarySize } from '../report/library-summary.ts';
import type { OutputOptions } from './options.ts';

/** What a report shows beyond rows, by its format and the number of its queries. */
export function extrasOf({ format, navigator }: OutputOptions, queries: number): Extras {
  const isPage = format === 'html';
  return {
    facts: isPage || queries > librarySize,
    evidence: isPage,
    coverage: isPage || navigator !== undefined,
    // Rows for programs are exactly those of the query.
    context: !rowsAlone.has(format),
  };
}
