import { placeText, SourceText, type Span } from '../../diagnostics/source-text.ts';
import { number, type Sql, sql } from '../sql.ts';

/** A text that stands there as it is: the same for every row. */
const constantText = /^'(?:[^']|'')*'$/;

/**
 * SQL that is true, and records that a row failed at a site. Reasons that do not depend on the row are handed over once for
 * all rows of a chunk: a call of JavaScript for each of them took 24 times what the condition itself does.
 */
export const recorded = (site: number, reason: Sql): Sql =>
  constantText.test(reason)
    ? sql`(harrier_warn_all(${number(site)}, ${reason}) IS NOT NULL)`
    : sql`(harrier_warn(${number(site)}, ${reason}) IS NOT NULL)`;

/** Whether SQL may record a row. */
export const records = (test: Sql): boolean => test.includes('harrier_warn');

export interface WrittenSites {
  readonly first: number;
  readonly sites: readonly { readonly head: string; readonly prefix: string }[];
}

/**
 * The places of a query where the evaluation of a row may fail. SQL that is `recorded` stands there; the
 * reasons come back to the site, which words them as Elasticsearch does.
 */
export class WarningSites {
  #sites: { head: string; prefix: string; reasons: Set<string> }[] = [];
  /** By the place and the outcome: an expression may be written in several places of a statement. */
  readonly #numbers = new Map<string, number>();

  /** Sites are numbered from `first` on, so that queries that run at the same time do not hear of each other's rows. */
  constructor(
    private readonly source: SourceText,
    private readonly first = 0,
  ) {}

  /** The number of the site for an expression; a remark means that there is a result all the same. */
  add(span: Span, outcome: 'null' | 'false' | 'remark'): number {
    const key = `${span.start} ${span.end} ${outcome}`;
    const number = this.#numbers.get(key) ?? this.#made(span, outcome);
    this.#numbers.set(key, number);
    return this.first + number;
  }

  #made(span: Span, outcome: 'null' | 'false' | 'remark'): number {
    const prefix = `Line ${placeText(this.source.position(span.start))}: `;
    const what = `evaluation of [${this.source.slice(span)}]`;
    const happened = outcome === 'remark' ? `warnings during ${what}` : `${what} failed, treating result as ${outcome}`;
    const head = `${prefix}${happened}. Only first 20 failures recorded.`;
    const known = this.#sites.findIndex((site) => site.head === head);
    return known >= 0 ? known : this.#sites.push({ head, prefix, reasons: new Set() }) - 1;
  }

  /** The sites as plain data, before anything was recorded; and back. */
  written(): WrittenSites {
    return { first: this.first, sites: this.#sites.map(({ head, prefix }) => ({ head, prefix })) };
  }

  static read({ first, sites }: WrittenSites): WarningSites {
    const read = new WarningSites(new SourceText(''), first);
    read.#sites = sites.map((site) => ({ ...site, reasons: new Set() }));
    return read;
  }

  /** Records that a row failed at a site; sites of other queries are none of its own. Whether it takes more reasons. */
  record(site: number, reason: string): boolean {
    const reasons = this.#sites[site - this.first]?.reasons;
    if (!reasons || reasons.size >= 20) return false;
    reasons.add(reason);
    return true;
  }

  /** What was recorded, as warnings: for each site the summary and then each reason. */
  warnings(): string[] {
    return this.#sites
      .filter((site) => site.reasons.size > 0)
      .flatMap((site) => [site.head, ...[...site.reasons].map((reason) => site.prefix + reason)]);
  }
}
