import type { Moment } from '../../app/events-request.ts';
import type { Catalogue } from '../../catalogue/catalogue.ts';
import { schemaCatalogue } from '../../catalogue/schema-catalogue.ts';
import { CompiledQuery } from '../../languages/esql/compiled-query.ts';
import { RecentQueries } from '../../languages/esql/steps.ts';
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
  /** Texts that were read at the last keys. */
  readonly queries = new RecentQueries();
  readonly #ofClusters = new Map<string, { readonly at: number; readonly known: Promise<Known> }>();
  #held: { readonly revision: number; readonly moment: Moment | null; readonly known: Promise<Known> } | null = null;

  constructor(private readonly workbench: Workbench) {}

  async of(text: string, signal: AbortSignal): Promise<Known> {
    const { options, revision, now: moment } = this.workbench;
    if (options.kind === 'cluster') return this.#ofCluster(sourceOf(text));
    if (options.events.source.kind !== 'held') return this.#look(text, signal);
    if (this.#held?.revision !== revision || this.#held.moment !== moment) {
      const known = this.#look(text, never);
      this.#held = { revision, moment, known };
      known.catch(() => {
        this.#held = null;
      });
    }
    const known = await this.#held.known;
    return moment === null ? { ...known, now: new Date() } : known;
  }

  #look(text: string, signal: AbortSignal): Promise<Known> {
    return this.workbench.look([text], async ({ engine, now }) => ({ catalogue: engine.catalogue, now }), signal);
  }

  #ofCluster(source: string): Promise<Known> {
    const kept = this.#ofClusters.get(source);
    if (kept && Date.now() - kept.at < keptFor) return kept.known;
    // A cluster that does not answer keeps nobody from writing: ECS and Elastic Defend define the usual fields.
    const known = this.#look(source, never).catch(async () => ({
      catalogue: await schemaCatalogue(patternsOf(source)),
      now: new Date(),
    }));
    this.#ofClusters.set(source, { at: Date.now(), known });
    return known;
  }
}

const never = new AbortController().signal;

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
