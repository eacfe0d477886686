import type { CallName, JobKind } from './calls.ts';

/** A JSON Schema. */
type Schema = Readonly<Record<string, unknown>>;

const text = (most: number): Schema => ({ type: 'string', maxLength: most });
const nullable = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });
const listOf = (items: Schema, most: number): Schema => ({ type: 'array', items, maxItems: most });
const whole = (most = Number.MAX_SAFE_INTEGER): Schema => ({ type: 'integer', minimum: 0, maximum: most });
const flag: Schema = { type: 'boolean' };

/** An object with these members, all of them and no others. */
const record = (properties: Readonly<Record<string, Schema>>): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

const queryText = text(256 << 10);
const condition = text(10_000);
const name = text(500);
const handle = text(40);

const question = record({
  hunt: nullable(name),
  query: whole(1000),
  text: nullable(queryText),
  window: nullable(text(100)),
  platform: nullable(text(40)),
  set: listOf(record({ name, value: text(200) }), 50),
  only: listOf(condition, 50),
  exclude: listOf(condition, 50),
});

const verdict = nullable({ enum: ['benign', 'suspicious', 'malicious', 'cannot tell'] });
const acceptance = record({
  question,
  handle,
  conditions: listOf(
    record({
      column: name,
      is: { enum: ['like', 'exactly', 'missing'] },
      values: listOf({ type: 'string', maxLength: 40_000 }, 100),
    }),
    50,
  ),
  reason: text(2000),
  expires: nullable(text(40)),
  owner: text(200),
});
const trailEntry = record({
  kind: { enum: ['run', 'chip', 'drill', 'verdict', 'note', 'accept', 'save', 'report'] },
  text: text(2000),
  link: text(10_000),
  starred: flag,
});
const redacted = listOf(name, 50);

/** What each call may be sent. */
export const callSchemas: Readonly<Record<CallName, Schema>> = {
  hello: record({}),
  hunts: record({}),
  now: record({ now: { anyOf: [{ enum: ['newest event', 'clock'] }, { type: 'number' }] } }),
  'hunt/open': record({ question }),
  'hunt/write': record({ question, name }),
  'language/check': record({ text: queryText }),
  'language/complete': record({ text: queryText, offset: whole() }),
  'language/format': record({ text: queryText }),
  counts: record({ question }),
  'condition-count': record({ question, condition }),
  histogram: record({ question, bars: whole(200), by: nullable(name) }),
  fields: record({ question, step: whole(1000) }),
  'field-values': record({ question, step: whole(1000), field: name }),
  rows: record({
    handle,
    columns: listOf(whole(100_000), 2000),
    from: whole(),
    to: whole(),
    sort: nullable(record({ column: whole(100_000), descending: flag })),
    filter: nullable(text(1000)),
    hidden: flag,
  }),
  record: record({ handle, row: whole() }),
  cell: record({ handle, row: whole(), column: whole(100_000) }),
  tuning: record({ question }),
  'tuning/near': record({
    handle,
    places: listOf(whole(), 200),
    count: nullable(listOf(nullable({ type: 'number' }), 50)),
  }),
  'tuning/accepted': record({ handle }),
  'row-events': record({ question, handle, row: whole(), limit: whole(10_000) }),
  'where-else': record({ value: text(100_000), type: text(40) }),
  judge: record({ question, handle, row: whole(), verdict, note: nullable(text(10_000)) }),
  judgements: record({ hunt: nullable(name) }),
  'accept/trial': acceptance,
  'accept/save': acceptance,
  'accept/conditions': record({ handle, row: whole() }),
  runs: record({}),
  'runs/save': record({ name, answers: listOf(handle, 5000), replace: flag }),
  trail: record({}),
  'trail/add': record({ entry: trailEntry }),
  'trail/star': record({ at: { type: 'number' }, starred: flag }),
  'attack/layer': record({ answers: listOf(handle, 5000) }),
  export: record({ answer: handle, format: { enum: ['csv', 'ndjson', 'toml'] }, hidden: flag }),
  jobs: record({}),
};

const job = (kind: JobKind, properties: Readonly<Record<string, Schema>>): Schema =>
  record({ kind: { const: kind }, ...properties });

/** What each kind of long work may be sent. */
export const jobSchemas: Readonly<Record<JobKind, Schema>> = {
  coverage: job('coverage', { hunts: listOf(name, 5000) }),
  run: job('run', { questions: listOf(question, 5000), keep: flag }),
  backfill: job('backfill', { question, step: nullable(text(40)), most: whole(1000) }),
  pivot: job('pivot', { entityId: text(2000), host: nullable(name), hunt: nullable(name) }),
  diff: job('diff', { before: name, after: nullable(name), answers: listOf(handle, 5000), hunt: nullable(name) }),
  report: job('report', {
    title: text(300),
    answers: listOf(handle, 5000),
    rows: { enum: ['all', 'judged', 'not accepted'] },
    notes: flag,
    evidence: flag,
    redact: redacted,
  }),
};
