import { OpenCatalogue } from '../languages/esql/analyze/open-catalogue.ts';
import type { Query } from '../languages/esql/syntax/ast.ts';
import { indexPatterns } from '../languages/esql/syntax/walk.ts';
import { noOverrides, override } from '../overrides/override.ts';
import type { WindowOverride } from '../overrides/window.ts';
import type { HuntResult } from '../report/report.ts';

/** What differs between the queries of two runs, where that may be why their rows differ. */
export type QueryChange =
  /** Their windows do not begin alike. */
  | 'window'
  /** Thresholds, conditions or the platform were changed for a run; the hunt is the same. */
  | 'options'
  /** The hunt itself. */
  | 'query';

/**
 * Compares the queries of two runs as they ran. The end of the window is no difference: it says as of when a run looked.
 */
export async function queryChange(before: HuntResult, after: HuntResult): Promise<QueryChange | null> {
  if (before.text === after.text) return null;
  const isSameIn = async (window: WindowOverride): Promise<boolean> =>
    (await inWindow(before.text, window)) === (await inWindow(after.text, window));
  if (await isSameIn({ from: null, to: 0 })) return null;
  if (await isSameIn({ from: 0, to: 0 })) return 'window';
  const own = ({ hunt, query }: HuntResult): string | undefined => hunt?.queries[query]?.text;
  return own(before) !== undefined && own(before) === own(after) ? 'options' : 'query';
}

/** A query with a window put in the place of its own; as it is where it cannot take one. */
async function inWindow(text: string, window: WindowOverride): Promise<string> {
  const catalogue = (query: Query) => OpenCatalogue.of(indexPatterns(query), query);
  try {
    const { query } = await override(text, { ...noOverrides, window }, { catalogue, now: 0 });
    return sortedConditions(query.text);
  } catch {
    return text;
  }
}

/** Overrides insert a line each behind FROM, in an order that does not matter. */
const sortedConditions = (text: string): string =>
  text.replace(/(?:^\| WHERE .*\n?)+/gm, (lines) => `${lines.trimEnd().split('\n').sort().join('\n')}\n`).trimEnd();
