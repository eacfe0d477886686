import type { Catalogue } from '../catalogue/catalogue.ts';
import { QueryError } from '../diagnostics/diagnostic.ts';
import { presenceIn, topValues, type ValueCount } from '../investigate/field-values.ts';
import { CompiledQuery } from '../languages/esql/compiled-query.ts';
import type { Session } from './session/session.ts';

/** Asks a question about the events. */
export type Ask = <T>(
  queries: readonly string[],
  work: (session: Session) => Promise<T>,
  signal: AbortSignal,
) => Promise<T>;

/** Values of a field that are proposed. */
const mostValues = 200;
const never = new AbortController().signal;

/** What is known of one source, such as `FROM logs-*`. */
interface Facts {
  isCounted: boolean;
  shares: ReadonlyMap<string, number> | null;
  readonly values: Map<string, Promise<readonly ValueCount[]>>;
}

/**
 * How many events carry each field, and which values fields have: asked once, and kept until the events change. What is
 * proposed while somebody types cannot wait for questions to the events.
 */
export class FieldFacts {
  readonly #facts = new WeakMap<Catalogue, Map<string, Facts>>();

  constructor(private readonly ask: Ask) {}

  /** The share of events that carry a field, by its name; null until that is counted. */
  shares(source: string, catalogue: Catalogue): ReadonlyMap<string, number> | null {
    const facts = this.#of(source, catalogue);
    if (!facts.isCounted) {
      facts.isCounted = true;
      // What cannot be counted is not shown.
      this.#count(source).then(
        (shares) => {
          facts.shares = shares;
        },
        () => undefined,
      );
    }
    return facts.shares;
  }

  /** The most frequent values of a field of a source. */
  values(source: string, field: string, catalogue: Catalogue): Promise<readonly ValueCount[]> {
    const { values } = this.#of(source, catalogue);
    const known =
      values.get(field) ??
      this.ask(
        [source],
        async ({ engine, now }) => {
          const compiled = new CompiledQuery(source).withViews(engine.catalogue.views);
          const { plan } = compiled.plan(engine.catalogue, { now: now.getTime(), defaultLimit: null });
          const column = plan.output.findLast(({ name }) => name === field);
          return column ? topValues(plan, column, mostValues, compiled, engine, never) : [];
        },
        never,
      ).catch((error) => {
        if (error instanceof QueryError) return [];
        throw error;
      });
    values.set(field, known);
    known.catch(() => values.delete(field));
    return known;
  }

  #of(source: string, catalogue: Catalogue): Facts {
    const sources = this.#facts.get(catalogue) ?? new Map<string, Facts>();
    this.#facts.set(catalogue, sources);
    const known = sources.get(source);
    if (known) return known;
    const facts: Facts = { isCounted: false, shares: null, values: new Map() };
    sources.set(source, facts);
    return facts;
  }

  #count(source: string): Promise<ReadonlyMap<string, number>> {
    return this.ask(
      [source],
      async ({ engine, now }) => {
        const compiled = new CompiledQuery(source).withViews(engine.catalogue.views);
        const { plan } = compiled.plan(engine.catalogue, { now: now.getTime(), defaultLimit: null });
        const { rows, present } = await presenceIn(plan, compiled, engine, never);
        return new Map(plan.output.map(({ name }, i) => [name, rows === 0 ? 0 : present[i]! / rows]));
      },
      never,
    );
  }
}
