import type { Catalogue } from '../../catalogue/catalogue.ts';
import { schemaCatalogue } from '../../catalogue/schema-catalogue.ts';
import { CompiledQuery } from '../../languages/esql/compiled-query.ts';
import { outlineOf } from '../../languages/esql/syntax/outline.ts';
import { indexPatterns } from '../../languages/esql/syntax/walk.ts';
import type { Workbench } from './context.ts';

/** What can be said of a text without a question to the events. */
export interface Known {
  readonly catalogue: Catalogue;
  readonly now: Date;
}

/** Milliseconds that the fields of a cluster's indices are taken to stay as they are. */
const keptFor = 10 * 60_000;

/** What is known of the events that a text reads: of a cluster what it said within ten minutes. */
export class KnownEvents {
  readonly #kept = new Map<string, { readonly at: number; readonly known: Promise<Known> }>();

  constructor(private readonly workbench: Workbench) {}

  async of(text: string, signal: AbortSignal): Promise<Known> {
    const look = (query: string): Promise<Known> =>
      this.workbench.look([query], async ({ engine, now }) => ({ catalogue: engine.catalogue, now }), signal);
    if (this.workbench.options.kind !== 'cluster') return look(text);
    const source = sourceOf(text);
    const kept = this.#kept.get(source);
    if (kept && Date.now() - kept.at < keptFor) return kept.known;
    // A cluster that does not answer keeps nobody from writing: ECS and Elastic Defend define the usual fields.
    const known = look(source).catch(async () => ({
      catalogue: await schemaCatalogue(patternsOf(source)),
      now: new Date(),
    }));
    this.#kept.set(source, { at: Date.now(), known });
    return known;
  }
}

/** The first command of a text, which says what is read; `FROM *` where it does not yet. */
export function sourceOf(text: string): string {
  const [first] = outlineOf(text);
  const source = first ? text.slice(first.span.start, first.span.end) : '';
  return first?.keyword === 'FROM' && new CompiledQuery(source).parsed.query ? source : 'FROM *';
}

function patternsOf(source: string): string[] {
  const { query } = new CompiledQuery(source).parsed;
  return query ? indexPatterns(query) : [];
}
