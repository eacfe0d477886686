import { cellText } from '../values/json.ts';
import { visible } from '../values/visible.ts';
import { hiddenText } from './hidden-text.ts';
import type { Format } from './report.ts';
import { contextLegend, withContext } from './with-context.ts';
import { withJudgements } from './with-judgements.ts';

/** A section for each hunt, its hits as a table. Nothing in a value can become markup, a link or HTML. */
export const markdown: Format = function* (report, _surface, alone) {
  for (const one of report.results) {
    const { hunt, query, outcome, result, error, notes, hidden, unread, context, judgements } = one;
    if (hunt && !alone) {
      const siblings = report.results.filter((other) => other.hunt?.file === hunt.file).length;
      yield `## ${harmless(hunt.name)}${siblings > 1 ? ` (query ${query + 1})` : ''}\n\n`;
      if (hunt.uuid) yield `UUID: ${harmless(hunt.uuid)}\n\n`;
    }
    if (outcome === 'failed') yield `**Failed:** ${harmless(error ?? '')}\n\n`;
    else if (outcome === 'interrupted') yield '**Interrupted:** this was not asked to the end.\n\n';
    else if (outcome === 'cannot tell')
      yield `**Cannot tell:** ${harmless(error ?? (unread === undefined ? 'the data cannot answer this.' : 'no hits in what was read.'))}\n\n`;
    else if (result && result.values.length === 0) yield 'No hits.\n\n';
    else if (result) {
      const { columns, values } = withJudgements(withContext({ result, context: context ?? null })!, judgements);
      yield `| ${columns.map(({ name }) => harmless(name)).join(' | ')} |\n`;
      yield `|${columns.map(() => ' --- |').join('')}\n`;
      for (const row of values) {
        yield `| ${row.map((value, i) => harmless(cellText(value, columns[i]!.type))).join(' | ')} |\n`;
      }
      yield '\n';
      if (context) yield `${harmless(contextLegend)}\n\n`;
    }
    const rowsHidden = hiddenText(hidden);
    if (rowsHidden !== null) yield `> ${harmless(rowsHidden)}\n\n`;
    for (const note of [...(result?.warnings ?? []), ...notes]) yield `> ${harmless(note)}\n\n`;
  }
  if (report.partial) yield '**Interrupted:** this is not all.\n';
};

/** Escapes every character that Markdown or HTML could take for more than itself. */
export const harmless = (text: string): string =>
  visible(text)
    .replace(/[\\`*_{}[\]()#+!|~-]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    // Bare addresses would become links.
    .replace(/(https?|ftp|mailto|javascript|www)([:.])/gi, '$1<!-- -->$2');
