import type { Catalogue, View } from '../../catalogue/catalogue.ts';
import { QueryError } from '../../diagnostics/diagnostic.ts';
import { SourceText } from '../../diagnostics/source-text.ts';
import type { Plan } from '../../plan/nodes.ts';
import type { LocationDatabase } from '../../values/ip-location.ts';
import { type Analysis, type AnalyzeOptions, analyze, withDefaultLimit } from './analyze/analyze.ts';
import { type ParseResult, parse } from './parse.ts';
import type { Query } from './syntax/ast.ts';
import type { Parameters } from './syntax/parameters.ts';
import { withViews } from './views.ts';

/** A query, or its text where nobody asks it twice. */
export type QueryText = string | CompiledQuery;

export const textOf = (query: QueryText): string => (typeof query === 'string' ? query : query.text);

/**
 * A query that goes through a run as one value: parsed once, and typed once for each catalogue and time, whoever asks.
 * Catalogues do not change.
 */
export class CompiledQuery {
  readonly #own: SourceText;
  #parsed: { readonly result: ParseResult; readonly source: SourceText } | null = null;
  readonly #analyses = new WeakMap<Catalogue, Map<string, Analysis>>();

  constructor(
    text: string,
    /** What `?` and `?name` in the text stand for. */
    private readonly parameters?: Parameters,
    /** What FROM may name besides indices. */
    private readonly views: readonly View[] = [],
    /** The databases that IP_LOCATION may name. */
    private readonly locations: readonly LocationDatabase[] = [],
  ) {
    this.#own = new SourceText(text);
  }

  static of(query: QueryText): CompiledQuery {
    return typeof query === 'string' ? new CompiledQuery(query) : query;
  }

  get text(): string {
    return this.#own.text;
  }

  /** The text that the places of the syntax are in: the query's own, and behind it those of its views. */
  get source(): SourceText {
    return this.#read().source;
  }

  /** The syntax, or what is wrong with it. */
  get parsed(): ParseResult {
    return this.#read().result;
  }

  /** The same query where there are these views; those that it knows already come first. */
  withViews(views: readonly View[] = []): CompiledQuery {
    const known = new Set(this.views.map(({ name }) => name));
    const others = views.filter(({ name }) => !known.has(name));
    if (others.length === 0) return this;
    return new CompiledQuery(this.text, this.parameters, [...this.views, ...others], this.locations);
  }

  /** The same query where there are these databases of locations. */
  withLocations(locations: readonly LocationDatabase[]): CompiledQuery {
    return locations.length === 0 ? this : new CompiledQuery(this.text, this.parameters, this.views, locations);
  }

  #read(): { readonly result: ParseResult; readonly source: SourceText } {
    this.#parsed ??= this.#parse();
    return this.#parsed;
  }

  #parse(): { readonly result: ParseResult; readonly source: SourceText } {
    const result = parse(this.#own, this.parameters);
    if (!result.query || this.views.length === 0) return { result, source: this.#own };
    const { query, source, problems } = withViews(result.query, this.#own, this.views);
    if (problems.length > 0) return { result: { query: null, diagnostics: problems }, source };
    return { result: { query, diagnostics: [] }, source };
  }

  /** Throws a QueryError for a text that does not parse. */
  get query(): Query {
    const { query, diagnostics } = this.parsed;
    if (!query) throw new QueryError(this.source, diagnostics);
    return query;
  }

  /** The types of the query, in terms of a catalogue. Throws a QueryError for a text that does not parse. */
  analyze(catalogue: Catalogue, { defaultLimit, ...options }: AnalyzeOptions): Analysis {
    const known = this.#analyses.get(catalogue) ?? new Map<string, Analysis>();
    this.#analyses.set(catalogue, known);
    const key = `${options.now} ${options.timeZone ?? ''} ${options.allowsNoIndices ?? false}`;
    let analysis = known.get(key);
    if (!analysis) {
      analysis = analyze(this.query, this.source, catalogue, {
        ...options,
        locations: this.locations,
        defaultLimit: null,
      });
      known.set(key, analysis);
    }
    return withDefaultLimit(analysis, this.query, defaultLimit);
  }

  /** The same, or a QueryError with every problem found. */
  plan(catalogue: Catalogue, options: AnalyzeOptions): Analysis & { readonly plan: Plan } {
    const analysis = this.analyze(catalogue, options);
    const { plan } = analysis;
    if (!plan) throw new QueryError(this.source, analysis.diagnostics);
    return { ...analysis, plan };
  }
}
