import type { QueryResult } from '../../values/types.ts';
import type { Condition, Division } from './divisible-query.ts';

/** Rows that a cluster gives to one query, whatever the query says (`esql.query.result_truncation_max_size`). */
export const clusterLimit = 10_000;

/** Asks the cluster, which gives no more rows than its limit. */
export type Ask = (query: string) => Promise<QueryResult>;

/** Parts that cannot be divided further still reach the cluster's limit, or have no order. */
export class Indivisible extends Error {
  override readonly name = 'Indivisible';
}

/**
 * The rows of a query without NOW() in parts that each stay below the cluster's limit: by time, and by the beginning of `_id` where
 * there is no time or too many events at one moment. Events that have no single time are a part of their own. Throws
 * an Indivisible where that cannot be done.
 */
export async function* inParts(division: Division, ask: Ask, limit = clusterLimit): AsyncGenerator<QueryResult> {
  yield* new Parts(division, ask, limit).all();
}

/** A part of the time, in milliseconds: from one moment up to another, excluded; null where it has no end. */
interface Range {
  readonly from: number | null;
  readonly to: number | null;
}

/** In how many pieces events are counted at once. */
const pieces = 256;

/** Ids may be this long. By how many characters their beginnings grow, and into how many groups they make at most. */
const longestId = 512;
const idSteps = [1, 2, 3, 4, 6, 8, 12, 16, 24];
const fewIds = 2000;

class Parts {
  constructor(
    private readonly division: Division,
    private readonly ask: Ask,
    /** Rows that the cluster gives. */
    private readonly limit: number,
  ) {}

  async *all(): AsyncGenerator<QueryResult> {
    const bounds = await this.#bounds();
    if (bounds === null) {
      yield* this.#byId(null, this.limit - 1);
      return;
    }
    const { first, last, timeless } = bounds;
    if (timeless > 0 && this.division.order !== null)
      throw new Indivisible('some events have no time, or several, and the rows are in the order of time');
    // What arrives meanwhile belongs to the first or the last part.
    if (first !== null) yield* this.#within({ from: null, to: null }, first, last + 1, this.limit - 1);
    if (timeless > 0) yield* this.#part({ text: withoutTime, usesId: false }, timeless, this.limit - 1);
  }

  /** The first and the last time, and how many events have none or several; null where there is no such field. */
  async #bounds(): Promise<{ first: number | null; last: number; timeless: number } | null> {
    try {
      const { values } = await this.ask(
        `${this.#events(null)} | EVAL timeless = CASE(${withoutTime}, 1, 0) | STATS earliest = MIN(@timestamp), latest = MAX(@timestamp), timeless = SUM(timeless) | LIMIT 1`,
      );
      const [first, last, timeless] = values[0] ?? [];
      return {
        first: typeof first === 'string' ? Date.parse(first) : null,
        last: Date.parse(String(last)),
        timeless: Number(timeless),
      };
    } catch (error) {
      if (this.division.order === null && /Unknown column \[@timestamp\]/.test((error as Error).message)) return null;
      throw error;
    }
  }

  /** The rows of a range whose events lie between two moments; `most` events a part. */
  async *#within(range: Range, first: number, end: number, most: number): AsyncGenerator<QueryResult> {
    const width = Math.max(1, Math.ceil((end - first) / Math.min(pieces, this.limit / 2)));
    const { values } = await this.ask(
      `${this.#events(during(range))} | EVAL piece = (TO_LONG(TO_DATETIME(@timestamp)) - ${first}) / ${width} | STATS events = COUNT(*) BY piece | LIMIT ${this.limit}`,
    );
    const counted = values
      .map(([events, piece]) => ({ events: Number(events), piece: Number(piece) }))
      .sort((a, b) => a.piece - b.piece);
    const groups = gathered(counted, most);
    const parts = groups.map((group, i) => {
      const begin = first + group[0]!.piece * width;
      const next = groups[i + 1];
      return {
        range: {
          from: i === 0 ? range.from : begin,
          to: next === undefined ? range.to : first + next[0]!.piece * width,
        },
        begin,
        end: first + (group.at(-1)!.piece + 1) * width,
        events: sum(group),
      };
    });
    if (this.division.order === 'descending') parts.reverse();
    for (const part of parts) {
      const isMoment = part.end - part.begin <= 1;
      if (part.events > most && !isMoment) yield* this.#within(part.range, part.begin, part.end, most);
      else if (part.events <= most) {
        const result = await this.#rows(during(part.range));
        if (result.values.length < this.limit) yield result;
        // An event can make several rows.
        else if (!isMoment) yield* this.#within(part.range, part.begin, part.end, Math.floor(part.events / 2));
        else yield* this.#byId(during(part.range), Math.floor(part.events / 2));
      } else yield* this.#byId(during(part.range), most);
    }
  }

  /** The rows of a condition; `events`: how many events fulfil it. */
  async *#part(condition: Condition, events: number, most: number): AsyncGenerator<QueryResult> {
    if (events <= most) {
      const result = await this.#rows(condition);
      if (result.values.length < this.limit) {
        yield result;
        return;
      }
    }
    yield* this.#byId(condition, Math.min(most, Math.floor(events / 2)));
  }

  /** The rows of a condition by the beginnings of ids; `most` events a part. `prefix` is what all of them begin with. */
  async *#byId(condition: Condition | null, most: number, prefix = ''): AsyncGenerator<QueryResult> {
    if (this.division.order !== null)
      throw new Indivisible('the rows are in the order of time, and too many have the same');
    if (most < 1) throw new Indivisible('one event makes more rows than the cluster gives');
    const within = { text: and(condition?.text, prefix === '' ? undefined : begins(prefix)), usesId: true };
    const length = await this.#telling(within, [...prefix].length);
    const { values } = await this.ask(
      `${this.#events(within)} | STATS events = COUNT(*) BY beginning = LEFT(_id, ${length}) | LIMIT ${this.limit}`,
    );
    if (values.length >= this.limit) throw new Indivisible('there are too many different ids');
    const counted = values.map(([events, beginning]) => ({ events: Number(events), beginning: String(beginning) }));
    yield* this.#beginning(condition, length, counted, most);
  }

  /** The rows whose ids have one of several beginnings of the same length. */
  async *#beginning(
    condition: Condition | null,
    length: number,
    counted: readonly Beginning[],
    most: number,
  ): AsyncGenerator<QueryResult> {
    for (const group of gathered(counted, most)) {
      const [{ beginning, events: own }] = group as [Beginning];
      const events = sum(group);
      const list = group.map((one) => quoted(one.beginning)).join(', ');
      const text = and(condition?.text, `LEFT(_id, ${length}) IN (${list})`);
      const result = events <= most ? await this.#rows({ text, usesId: true }) : null;
      if (result && result.values.length < this.limit) yield result;
      // An event can make several rows.
      else if (group.length > 1) yield* this.#beginning(condition, length, group, Math.floor(events / 2));
      // An id that ends here has nothing by which it could be divided.
      else if ([...beginning].length < length) throw new Indivisible('too many events have the same id');
      else yield* this.#byId(condition, result ? Math.floor(own / 2) : most, beginning);
    }
  }

  /** How many characters of ids tell enough of them apart, and not too many; `known` are the same. */
  async #telling(within: Condition, known: number): Promise<number> {
    const lengths = idSteps.map((step) => known + step).filter((length) => length <= longestId);
    if (lengths.length === 0) throw new Indivisible('the events have too few different ids');
    const counts = lengths.map((length, i) => `c${i} = COUNT_DISTINCT(LEFT(_id, ${length}))`);
    const { values } = await this.ask(`${this.#events(within)} | STATS ${counts.join(', ')} | LIMIT 1`);
    return lengths.findLast((_, i) => Number(values[0]?.[i]) <= Math.min(fewIds, this.limit / 4)) ?? lengths[0]!;
  }

  /** The rows of the query about some of its events. */
  async #rows(condition: Condition): Promise<QueryResult> {
    const { text, warning } = this.division.about(condition);
    const result = await this.ask(`${text}\n| LIMIT ${this.limit}`);
    return { ...result, warnings: result.warnings.map(warning) };
  }

  /** FROM and its conditions; ids that a condition asks for are there. */
  #events(condition: Condition | null): string {
    return this.division.events(condition);
  }
}

/** Fulfilled by events that no range has: comparisons with several values are null. */
const withoutTime = '(@timestamp IS NULL OR MV_COUNT(@timestamp) > 1)';

function during({ from, to }: Range): Condition {
  const bounds = [
    ...(from === null ? [] : [`@timestamp >= "${new Date(from).toISOString()}"`]),
    ...(to === null ? [] : [`@timestamp < "${new Date(to).toISOString()}"`]),
  ];
  return { text: bounds.length === 0 ? `NOT ${withoutTime}` : bounds.join(' AND '), usesId: false };
}

const and = (...conditions: readonly (string | undefined)[]): string =>
  conditions.filter((condition) => condition !== undefined).join(' AND ');
const quoted = (text: string): string =>
  `"${text.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')}"`;
const begins = (prefix: string): string => `STARTS_WITH(_id, ${quoted(prefix)})`;

interface Counted {
  readonly events: number;
}

interface Beginning extends Counted {
  readonly beginning: string;
}

const sum = (counted: readonly Counted[]): number => counted.reduce((total, { events }) => total + events, 0);

/** Neighbours together, as long as they do not exceed `most`; what exceeds it alone stays alone. */
function gathered<T extends Counted>(counted: readonly T[], most: number): T[][] {
  const groups: T[][] = [];
  let total = Number.POSITIVE_INFINITY;
  for (const one of counted) {
    if (total + one.events > most) {
      groups.push([]);
      total = 0;
    }
    groups.at(-1)!.push(one);
    total += one.events;
  }
  return groups;
}
