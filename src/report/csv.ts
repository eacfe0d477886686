import { stringify } from 'csv-stringify/sync';
import { cellText } from '../values/json.ts';
import type { CellValue } from '../values/types.ts';
import { visible } from '../values/visible.ts';
import type { Format } from './report.ts';

/**
 * CSV as Elasticsearch writes it: CRLF, null as nothing, several values as `[a, b]`. Results of several queries are
 * tables one after another, a blank line between them, each with its own header and with the hunt in front.
 * A text that a spreadsheet would take for a formula gets an apostrophe before it, but not a field name such as `@timestamp`,
 * which importers look for. A terminal is shown what would steer it; files and programs get values as they are.
 */
export const csv: Format = function* (report, { width }, alone) {
  const shown = (text: string): string => (width === null ? text : visible(text));
  let first = true;
  for (const { hunt, result } of report.results) {
    if (!result) continue;
    if (!first) yield '\r\n';
    first = false;
    const lead = alone || !hunt ? [] : [{ name: 'hunt', value: hunt.name }];
    const header = [...lead.map(({ name }) => name), ...result.columns.map(({ name }) => name)];
    if (header.length === 0) continue;
    yield line(header.map((name) => (isFieldName(name) ? name : harmless(name))).map(shown));
    for (const row of result.values) {
      const cells = row.map((value, i) => guarded(value, cellText(value, result.columns[i]!.type)));
      yield line([...lead.map(({ value }) => harmless(value)), ...cells].map(shown));
    }
  }
};

/** A line break of any kind may end a record for whoever reads it, so it stands in quotes. */
const line = (cells: readonly string[]): string =>
  stringify([cells as string[]], { record_delimiter: 'windows', quoted_match: /[\r\n]/ });

/** Numbers may begin with a minus; texts that begin like a formula may not. */
function guarded(value: CellValue, text: string): string {
  return typeof value === 'number' || typeof value === 'bigint' ? text : harmless(text);
}

const isFieldName = (name: string): boolean => /^@?[\w.]+$/.test(name);

const harmless = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
