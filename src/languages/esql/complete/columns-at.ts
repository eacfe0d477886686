import type { Catalogue } from '../../../catalogue/catalogue.ts';
import type { Plan } from '../../../plan/nodes.ts';
import { CompiledQuery } from '../compiled-query.ts';
import { outlineOf } from '../syntax/outline.ts';

/**
 * The plan of a text as far as it can be read: commands that are wrong are left out, and the plan after the last of the
 * others is given. Null where nothing can be read.
 */
export function readablePlan(text: string, catalogue: Catalogue, now: number): Plan | null {
  let rest = text;
  for (let tries = outlineOf(text).length; tries > 0 && rest.trim() !== ''; tries--) {
    const query = new CompiledQuery(rest).withViews(catalogue.views);
    const { query: parsed, diagnostics } = query.parsed;
    if (parsed) return query.analyze(catalogue, { now, defaultLimit: null }).steps.at(-1) ?? null;
    rest = withoutCommandAt(rest, diagnostics[0]?.span.start ?? 0);
  }
  return null;
}

function withoutCommandAt(text: string, place: number): string {
  const commands = outlineOf(text);
  const wrong = commands.findLast(({ bar, span }) => (bar ?? span.start) <= place);
  if (!wrong || wrong.bar === null) return '';
  return text.slice(0, wrong.bar) + text.slice(wrong.span.end);
}
