import { existsSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import { type Job, jobsOf } from '../app/jobs.ts';
import { resultOf } from '../app/run-queries.ts';
import { InputError } from '../diagnostics/diagnostic.ts';
import type { Engine } from '../engines/engine.ts';
import { findHunts } from '../hunts/library.ts';
import type { EventsOfRows, GroupKey } from '../investigate/row-events.ts';
import type { TypedQuery } from '../overrides/typed-query.ts';
import { countWhere, freshColumns, grouped } from '../plan/build.ts';
import { visible } from '../report/visible.ts';
import { applyAccepted } from '../runs/accepted/apply.ts';
import { count } from '../values/quantities.ts';
import type { QueryResult } from '../values/types.ts';
import { type AllowListOptions, addAllowListOptions, allowList, allowListFile } from './allow-list.ts';
import { addLibraryOptions, type LibraryOptions, libraryFolders } from './library.ts';
import {
  addDataOptions,
  addOutputOptions,
  collect,
  type DataOptions,
  eventsOf,
  type OutputOptions,
  rowLimit,
} from './options.ts';
import { checkOutput, writeReport } from './output.ts';
import { addOverrideOptions, type OverrideOptions, overridesOf } from './override-options.ts';
import { terminalObserver } from './terminal-observer.ts';

type EventsOptions = DataOptions &
  AllowListOptions &
  LibraryOptions &
  OutputOptions &
  OverrideOptions & {
    readonly row?: number;
    readonly key: readonly string[];
    readonly query: number;
    readonly fields: readonly string[];
    readonly limit: number;
  };

export function addEvents(program: Command, signal: AbortSignal): void {
  const command = program
    .command('events')
    .description('Show the events behind a row of a hunt')
    .argument('<hunt>', 'a hunt file, a UUID or a name from the library');
  addAllowListOptions(addLibraryOptions(addOutputOptions(addOverrideOptions(addDataOptions(command)))))
    .option('--row <n>', 'the row, counted from 1 as run prints them', place)
    .option('--key <name=value>', 'rows with this value of a column that the hunt groups by (repeatable)', collect, [])
    .option('--query <n>', 'which query of the hunt, where it has several', place, 1)
    .option(
      '--fields <names>',
      'the columns to show, such as @timestamp,user.name (repeatable); all of them: *',
      collect,
      [],
    )
    .option('--limit <n>', 'maximum number of events to show', place, 100)
    .addHelpText(
      'after',
      `
Examples:
  $ harrier events exfiltration-by-volume-windows --row 1 --data 'export/*.ndjson' --now latest
  $ harrier events 41fd9994 --key process.entity_id=abc --data logs/ --format ndjson --limit 10000`,
    )
    .action(async (selector: string, options: EventsOptions) => {
      process.exitCode = await events(selector, options, signal);
    });
}

function place(value: string): number {
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new InvalidArgumentError('expected a number from 1 on');
  return Number(value);
}

async function events(selector: string, options: EventsOptions, signal: AbortSignal): Promise<number> {
  checkOutput(options);
  const source = eventsOf(options);
  if ((options.row === undefined) === (options.key.length === 0))
    throw new InputError('which row?', 'give --row N as run numbers them, or --key NAME=VALUE');
  const { hunts } = await findHunts([selector], await libraryFolders(options));
  const jobs = hunts.flatMap(jobsOf);
  const asked = jobs[options.query - 1];
  if (!asked || hunts.length !== 1)
    throw new InputError(
      hunts.length === 1 ? `the hunt has ${jobs.length} queries` : `${selector} holds ${hunts.length} hunts`,
      hunts.length === 1 ? 'give --query a smaller number' : 'name one of them',
    );
  // Every field is shown, so every field is read.
  const [{ openSession }, { overrideJobs }] = await Promise.all([
    import('../app/session/session.ts'),
    import('../app/override-jobs.ts'),
  ]);
  const request = { events: source, queries: [asked.text], fields: ['FROM *'], asked: Infinity };
  const session = await openSession(request, terminalObserver(), signal);
  try {
    const { engine } = session;
    const [job] = (await overrideJobs([asked], await overridesOf(options), session)) as [Job];
    const row = await rowInAnswer(job, engine, session.now, options, signal);
    const wanted = { ...options, ...(row !== undefined && { row }) };
    const { found, key } = await findEvents(job, engine, session.now, wanted, signal);
    const { result, total } = await read(found, engine, wanted, signal);
    const shown = row !== undefined && key === null ? { ...result, values: result.values.slice(row - 1) } : result;
    if (row !== undefined && shown.values.length === 0)
      throw new InputError(`the query has ${count(result.values.length, 'row')}`, 'run numbers them from 1');
    const isCut = total > shown.values.length && key !== null;
    const cut = isCut ? [`${total.toLocaleString('en')} events in all: raise --limit to see more`] : [];
    const notes = [...cut, ...found.notes];
    if (key !== null) process.stderr.write(`${visible(job.hunt!.name)}: ${count(total, 'event')} of ${visible(key)}\n`);
    const results = [
      resultOf({ ...job, hunt: null }, { outcome: shown.values.length > 0 ? 'hits' : 'none', result: shown, notes }),
    ];
    await writeReport(
      {
        now: session.now,
        engine: engine.name,
        results,
        load: null,
        unread: null,
        eventFacts: null,
        partial: false,
        provenance: null,
      },
      options,
      true,
    );
    return 0;
  } finally {
    await session.engine.close();
  }
}

/** The row that is asked for as the query gives it: run numbers what the allow-list leaves. */
async function rowInAnswer(
  job: Job,
  engine: Engine,
  now: Date,
  options: EventsOptions,
  signal: AbortSignal,
): Promise<number | undefined> {
  const { row, showAccepted } = options;
  if (row === undefined || showAccepted || !existsSync(await allowListFile(options))) return row;
  const accepted = await allowList(options);
  const result = await engine.query(job.text, { now: now.getTime(), maxRows: rowLimit(options), signal });
  const [left] = applyAccepted([resultOf(job, { outcome: 'hits', result })], accepted, new Date());
  if (!left?.places) return row;
  const place = left.places[row - 1];
  if (place === undefined)
    throw new InputError(
      `the query has ${count(left.places.length, 'row')} that the allow-list does not hide`,
      'run numbers them from 1; --show-accepted counts all',
    );
  return place + 1;
}

/** The events of the row or key that was asked for, and how to call it; no key for a row that is an event itself. */
async function findEvents(
  job: Job,
  engine: Engine,
  now: Date,
  { row, key }: EventsOptions,
  signal: AbortSignal,
): Promise<{ found: EventsOfRows; key: string | null }> {
  const { eventOfRow, eventsOfGroups, groupColumns, keysOfRows, keyText, traceable } = await import(
    '../investigate/row-events.ts'
  );
  const query = await traceable(job.text, engine, now);
  const asked = { query, engine, signal };
  if (row === undefined) {
    const given = givenKey(key, query, groupColumns(query) ?? []);
    return { found: await eventsOfGroups(asked, [given]), key: keyText(given) };
  }
  const groups = groupColumns(query);
  if (groups === null) return { found: eventOfRow(query, row), key: null };
  const keys = await keysOfRows(asked, row);
  if (keys.length < row) throw new InputError(`the query has ${count(keys.length, 'row')}`, 'run numbers them from 1');
  const wanted = keys[row - 1]!;
  return { found: await eventsOfGroups(asked, [wanted]), key: keyText(wanted) || `row ${row}` };
}

/** `process.entity_id=abc` in terms of the columns that the query groups by. */
function givenKey(
  texts: readonly string[],
  { plan }: TypedQuery,
  groups: readonly { readonly id: number; readonly name: string }[],
): GroupKey {
  return texts.map((text) => {
    const at = text.indexOf('=');
    const name = text.slice(0, at).trim();
    const called = plan.output.find((column) => column.name === name)?.id;
    const column = groups.find((group) => group.name === name || group.id === called);
    if (at < 1 || !column)
      throw new InputError(
        at < 1 ? `--key ${text} is not NAME=VALUE` : `the query does not group by ${name}`,
        `it groups by ${groups.map((group) => group.name).join(', ') || 'nothing: use --row'}`,
      );
    const value = text.slice(at + 1);
    return { column, value: value === 'null' ? null : value } as GroupKey[number];
  });
}

async function read(
  { plan, query, fields }: EventsOfRows,
  engine: Engine,
  { limit, row, fields: wanted, format, output }: EventsOptions,
  signal: AbortSignal,
): Promise<{ result: QueryResult; total: number }> {
  const { values: counted } = await engine.run(
    grouped(plan, [], [countWhere(freshColumns(plan)('n', 'long'), null)], freshColumns(plan)),
    query.source,
    signal,
  );
  const time = fields.get('@timestamp');
  const isRow = plan.kind === 'limit';
  const span = { start: 0, end: 0 };
  const sorted =
    time && !isRow
      ? ({
          kind: 'sort',
          input: plan,
          keys: [
            {
              expression: { kind: 'column', column: time, type: time.type, multi: time.multi, span },
              descending: false,
              nulls: 'last',
            },
          ],
          output: plan.output,
        } as const)
      : plan;
  const cut = {
    kind: 'limit',
    input: sorted,
    count: BigInt(isRow ? Math.max(limit, row ?? 1) : limit),
    output: plan.output,
  } as const;
  const result = await engine.run(cut, query.source, signal);
  const people = format === 'table' && output === undefined;
  return { result: chosen(result, wanted, people ? query : null), total: Number(counted[0]![0]) };
}

/** Columns that people look at first. */
const telling = ['@timestamp', 'host.name', 'user.name', 'process.name', 'process.pid', 'event.action'];

/** The columns asked for; otherwise those that some event has, for people only what the hunt is about. */
function chosen(result: QueryResult, wanted: readonly string[], query: TypedQuery | null): QueryResult {
  const names = wanted.flatMap((text) => text.split(',')).map((name) => name.trim());
  const filled = result.columns.flatMap((_, i) => (result.values.some((row) => row[i] !== null) ? [i] : []));
  const mentioned = new Set(telling);
  for (const { output } of query ? [query.plan] : []) for (const { name } of output) mentioned.add(name);
  for (const name of query ? fieldsRead(query) : []) mentioned.add(name);
  const keep =
    names.length > 0 && !names.includes('*')
      ? names.map((name) => {
          const at = result.columns.findIndex((column) => column.name === name);
          if (at < 0) throw new InputError(`no event has ${name}`, 'see all fields with --fields "*"');
          return at;
        })
      : filled.filter((i) => query === null || names.includes('*') || mentioned.has(result.columns[i]!.name));
  return {
    ...result,
    columns: keep.map((i) => result.columns[i]!),
    values: result.values.map((row) => keep.map((i) => row[i]!)),
  };
}

const fieldsRead = ({ plan }: TypedQuery): string[] => {
  const names: string[] = [];
  const visit = (node: typeof plan): void => {
    if (node.kind === 'scan') names.push(...node.output.map(({ name }) => name));
    else if ('input' in node) visit(node.input);
  };
  visit(plan);
  return names;
};
