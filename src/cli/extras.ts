import type { Extras } from '../app/extras.ts';
import { InputError } from '../diagnostics/diagnostic.ts';
import { rowsAlone } from '../report/formats.ts';
import { librarySize } from '../report/library-summary.ts';
import type { OutputOptions } from './options.ts';

/** What a report shows beyond rows, by its format and the number of its queries. */
export function extrasOf(
  { format, navigator, hosts }: OutputOptions & { readonly hosts?: boolean },
  queries: number,
): Extras {
  const isPage = format === 'html';
  const isBare = rowsAlone.has(format);
  if (hosts && isBare)
    throw new InputError(
      `${format} has the columns of the query alone`,
      'leave --hosts out, or write table, md or json',
    );
  return {
    facts: isPage || queries > librarySize,
    evidence: isPage,
    coverage: isPage || navigator !== undefined,
    // Rows for programs are exactly those of the query.
    context: isBare || hosts === false ? 'never' : hosts ? 'always' : 'here',
  };
}
