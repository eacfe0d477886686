import type {
  Bucketing,
  Conditions,
  NamedAggregation,
  Terms,
  TopHits,
} from '../../../languages/search/aggregations/aggregation.ts';
import {
  type BucketPlan,
  bucketPlan,
  mostBuckets,
  type PathStep,
} from '../../../languages/search/aggregations/bucket-plan.ts';
import type { MetricCalls } from '../../../languages/search/aggregations/metric-calls.ts';
import { hitsAt, topHitsPlan } from '../../../languages/search/aggregations/top-hits-plan.ts';
import type { Documents } from '../../../languages/search/documents.ts';
import type { HitsRequest } from '../../../languages/search/search-request.ts';
import { constantOf } from '../../../languages/search/sort-keys.ts';
import type { Expression } from '../../../plan/expression.ts';
import type { Plan } from '../../../plan/nodes.ts';
import { Refusal } from '../../../store/refusal.ts';
import { parseDate } from '../../../values/date.ts';
import type { CellValue, EsqlType } from '../../../values/types.ts';
import { hitJson } from '../hits-json.ts';
import { dateKey, numberKey, type ShownKey, termKey, typeOfBuckets } from './bucket-keys.ts';
import { shownIntervals } from './intervals.ts';
import { metricJson } from './metric-json.ts';

/** What aggregations are run over. */
export interface AggregationScope {
  /** Elasticsearch's kinds of answers stand before their names. */
  readonly typedKeys: boolean;
  readonly now: number;
  documents(): Documents;
  /** What documents must fulfil. */
  tests(documents: Documents): readonly Expression[];
  run(plan: Plan): Promise<readonly (readonly CellValue[])[]>;
}

/** A bucket that has documents. */
interface Row {
  /** The keys of the buckets that it stands in, and with its own. */
  readonly parent: string;
  readonly own: string;
  readonly key: CellValue;
  readonly count: number;
  readonly metrics: ReadonlyMap<string, { readonly calls: MetricCalls; readonly cells: readonly CellValue[] }>;
}

/** Members of JSON about a bucket, by its keys: its row, or null where it has no documents. */
type Render = (own: string, row: Row | null) => string[];

/** The answers of aggregations as a JSON object. Each level of buckets is one plan, whatever buckets there are above it. */
export async function runAggregations(
  aggregations: readonly NamedAggregation[],
  scope: AggregationScope,
): Promise<string> {
  const run = new AggregationRun(scope);
  const needsRoot = aggregations.some(({ aggregation: { kind } }) => kind === 'metric' || kind === 'topHits');
  const [root = null] = needsRoot ? (await run.rows([], aggregations)).rows : [];
  const render = await run.below(aggregations, []);
  return `{${render('', root).join(',')}}`;
}

class AggregationRun {
  #buckets = 0;

  constructor(private readonly scope: AggregationScope) {}

  /** The buckets of the last step of a path that have documents, and what was planned; no plan where there can be none. */
  async rows(
    path: readonly PathStep[],
    below: readonly NamedAggregation[],
  ): Promise<{ rows: Row[]; planned: BucketPlan | null }> {
    const documents = this.scope.documents();
    const planned = bucketPlan(path, below, this.scope.tests(documents), documents, this.scope.now);
    if (planned === null) return { rows: [], planned };
    const cells = await this.scope.run(planned.plan);
    this.#count(path.length === 0 ? 0 : cells.length);
    const last = path.at(-1)?.bucketing;
    const hasKey = last !== undefined && !(last.kind === 'conditions' && last.form === 'single');
    return { rows: cells.map((row) => rowOf(row, planned, hasKey)), planned };
  }

  /** What aggregations say about each bucket of a path; of null, which no document is in. */
  async below(aggregations: readonly NamedAggregation[], path: readonly PathStep[] | null): Promise<Render> {
    const renders: Render[] = [];
    for (const named of aggregations) renders.push(await this.#render(named, path));
    return (own, row) => renders.flatMap((render) => render(own, row));
  }

  async #render(named: NamedAggregation, path: readonly PathStep[] | null): Promise<Render> {
    const { name, aggregation, meta } = named;
    const member = (type: string, parts: readonly string[]): string => {
      const all = meta === undefined ? parts : [`"meta":${JSON.stringify(meta)}`, ...parts];
      return `${JSON.stringify(this.scope.typedKeys ? `${type}#${name}` : name)}:{${all.join(',')}}`;
    };
    if (aggregation.kind === 'metric') {
      const type = aggregation.name === 'percentiles' ? 'tdigest_percentiles' : aggregation.name;
      const none = { calls: { type: null, calls: [] }, cells: null };
      return (_, row) => {
        const { calls, cells } = row?.metrics.get(name) ?? none;
        return [member(type, [metricJson(aggregation, calls, cells)])];
      };
    }
    if (aggregation.kind === 'topHits') {
      const render = await this.#topHits(aggregation, path);
      return (own, row) => [member('top_hits', render(own, row))];
    }
    const { type, render } = await this.#bucketing(aggregation, named.below, path);
    return (own, row) => [member(type, render(own, row))];
  }

  async #bucketing(
    bucketing: Bucketing,
    below: readonly NamedAggregation[],
    path: readonly PathStep[] | null,
  ): Promise<{ type: string; render: Render }> {
    const steps = path === null ? null : [...path, { bucketing, chosen: null }];
    const { rows, planned } = steps === null ? { rows: [], planned: null } : await this.rows(steps, below);
    const keyType = planned?.keys.at(-1)?.type;
    const byParent = groupedByParent(rows);
    const deeper = rows.length === 0 || path === null ? null : [...path, this.#chosen(bucketing, rows, keyType)];
    const inside = await this.below(below, deeper);
    const bucket = (own: string, row: Row | null, key: readonly string[]): string =>
      `{${[...key, `"doc_count":${row?.count ?? 0}`, ...inside(own, row)].join(',')}}`;
    const type = typeOfBuckets(bucketing, keyType);
    const of = (parent: string): readonly Row[] => byParent.get(parent) ?? [];
    switch (bucketing.kind) {
      case 'terms':
        return { type, render: await this.#terms(bucketing, byParent, planned, keyType, bucket) };
      case 'dateHistogram':
      case 'histogram':
        return {
          type,
          render: (parent) => {
            const startOf = (row: Row): number =>
              bucketing.kind === 'dateHistogram'
                ? Number(parseDate(String(row.key)))
                : Number(row.key) * bucketing.interval + bucketing.offset;
            const found = new Map(of(parent).map((row) => [startOf(row), row]));
            const intervals = shownIntervals(bucketing, found, (count) => this.#check(this.#buckets + count));
            this.#count(intervals.filter(({ row }) => row === null).length);
            const shown = intervals.map(({ start, row }): readonly [ShownKey, string] => {
              const key = bucketing.kind === 'dateHistogram' ? dateKey(bucketing, start) : numberKey(bucketing, start);
              return [key, bucket(row?.own ?? nowhere, row, key.members)];
            });
            return [bucketing.keyed ? keyedBuckets(shown) : `"buckets":[${shown.map(([, json]) => json).join(',')}]`];
          },
        };
      case 'conditions':
        return { type, render: (parent) => conditionsJson(bucketing, of(parent), parent, bucket, inside) };
    }
  }

  /** A step with the buckets that are shown: only within those are further ones looked for. */
  #chosen(bucketing: Bucketing, rows: readonly Row[], type: EsqlType | undefined): PathStep {
    if (bucketing.kind !== 'terms' || type === undefined) return { bucketing, chosen: null };
    const keys = new Set(rows.map(({ key }) => key as string | number | bigint | boolean));
    const constants = [...keys].map((key) => constantOf(type, key, bucketing.field, this.scope.now));
    return { bucketing, chosen: constants };
  }

  async #terms(
    terms: Terms,
    byParent: ReadonlyMap<string, readonly Row[]>,
    planned: BucketPlan | null,
    keyType: EsqlType | undefined,
    bucket: (own: string, row: Row | null, key: readonly string[]) => string,
  ): Promise<Render> {
    const isCut = [...byParent.values()].some((rows) => rows.length > terms.size);
    const totals = isCut && planned?.totals ? await this.scope.run(planned.totals) : [];
    const all = new Map(totals.map((cells) => [parentKey(cells.slice(0, -1)), Number(cells.at(-1))]));
    return (parent) => {
      const rows = (byParent.get(parent) ?? []).slice(0, terms.size);
      const shown = rows.reduce((sum, { count }) => sum + count, 0);
      const buckets = rows.map((row) => bucket(row.own, row, termKey(terms, keyType!, row.key).members));
      return [
        '"doc_count_error_upper_bound":0',
        `"sum_other_doc_count":${Math.max(0, (all.get(parent) ?? shown) - shown)}`,
        `"buckets":[${buckets.join(',')}]`,
      ];
    };
  }

  async #topHits({ hits }: TopHits, path: readonly PathStep[] | null): Promise<Render> {
    const found = new Map<string, string[]>();
    const documents = this.scope.documents();
    const planned = path && topHitsPlan(path, hits, this.scope.tests(documents), documents, this.scope.now);
    const first = planned && hits.size > 0 ? await this.scope.run(planned.plan) : [];
    this.#check(first.length);
    const shown = await this.#hitsAt([...new Set(first.map((cells) => cells.at(-1) as bigint))], hits);
    for (const cells of first) {
      const own = parentKey(cells.slice(0, -1));
      found.set(own, [...(found.get(own) ?? []), shown.get(cells.at(-1) as bigint)!]);
    }
    const isScored = hits.sort.length === 0 || hits.sort.some(({ kind }) => kind === 'score');
    return (own, row) => {
      const ofBucket = (found.get(own) ?? []).slice(hits.from);
      const total = `{"value":${row?.count ?? 0},"relation":"eq"}`;
      return [
        `"hits":{"total":${total},"max_score":${isScored && ofBucket.length > 0 ? '1.0' : 'null'},"hits":[${ofBucket.join(',')}]}`,
      ];
    };
  }

  /** Hits by their places. */
  async #hitsAt(places: readonly bigint[], hits: HitsRequest): Promise<Map<bigint, string>> {
    if (places.length === 0) return new Map();
    const { plan, columns } = hitsAt(places, hits, this.scope.documents(), this.scope.now);
    const place = columns.marks.findIndex(({ name }) => name === '_place');
    const rows = await this.scope.run(plan);
    return new Map(rows.map((cells) => [cells[place] as bigint, hitJson(columns, hits.form, cells)]));
  }

  #count(buckets: number): void {
    this.#buckets += buckets;
    this.#check(this.#buckets);
  }

  #check(buckets: number): void {
    if (buckets > mostBuckets)
      throw new Refusal(
        'too_many_buckets_exception',
        `Trying to create too many buckets. Must be less than or equal to: [${mostBuckets}] but this number of buckets was exceeded. This limit can be set by changing the [search.max_buckets] cluster level setting.`,
        400,
      );
  }
}

/** Of a bucket that no document is in. */
const nowhere = '\0';

/** The keys of buckets, one in the other, as one text. */
const parentKey = (keys: readonly CellValue[]): string => (keys.length === 0 ? '' : JSON.stringify(keys.map(String)));

function rowOf(cells: readonly CellValue[], { keys, metrics }: BucketPlan, hasKey: boolean): Row {
  const own = cells.slice(0, keys.length);
  let at = keys.length + 1;
  const read = new Map<string, { calls: MetricCalls; cells: readonly CellValue[] }>();
  for (const [name, calls] of metrics) {
    read.set(name, { calls, cells: cells.slice(at, at + calls.calls.length) });
    at += calls.calls.length;
  }
  return {
    parent: parentKey(hasKey ? own.slice(0, -1) : own),
    own: parentKey(own),
    key: hasKey ? own.at(-1)! : null,
    count: Number(cells[keys.length]),
    metrics: read,
  };
}

function groupedByParent(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.parent);
    if (group) group.push(row);
    else groups.set(row.parent, [row]);
  }
  return groups;
}

function conditionsJson(
  { buckets, form }: Conditions,
  rows: readonly Row[],
  parent: string,
  bucket: (own: string, row: Row | null, key: readonly string[]) => string,
  inside: Render,
): string[] {
  if (form === 'single') {
    const [row = null] = rows;
    return [`"doc_count":${row?.count ?? 0}`, ...inside(row === null ? nowhere : parent, row)];
  }
  const shown = buckets.map(({ key, about }, i): readonly [ShownKey, string] => {
    const row = rows.find((one) => Number(one.key) === i) ?? null;
    const own = about.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
    const members = form === 'keyed' || key === null ? own : [`"key":${JSON.stringify(key)}`, ...own];
    return [{ members, name: key ?? '' }, bucket(row?.own ?? nowhere, row, members)];
  });
  return [form === 'keyed' ? keyedBuckets(shown) : `"buckets":[${shown.map(([, json]) => json).join(',')}]`];
}

const keyedBuckets = (buckets: readonly (readonly [ShownKey, string])[]): string =>
  `"buckets":{${buckets.map(([{ name }, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`;
