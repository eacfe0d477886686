import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { InputError } from '../diagnostics/diagnostic.ts';
import { truthMark, truthMember } from '../formats/sample-truth.ts';
import { number, type Sql, sql, text } from '../sql/sql.ts';
import { type FleetParameters, fleetTables, networkLines, processLines } from './fleet-sql.ts';
import { planted } from './planted.ts';
import { type PlantedRow, type Truth, truthOf } from './truth.ts';

export interface FleetOptions {
  readonly hosts: number;
  readonly days: number;
  /** Network events in all; planted ones and a floor of benign ones are always there. */
  readonly events: number;
  readonly seed: number;
  /** The folder that the files go to. */
  readonly out: string;
  /** The time of the newest event. */
  readonly end: Date;
  /** Leave out what is planted: nothing in the fleet is wrong. */
  readonly benign?: boolean;
}

export const defaults = {
  hosts: 200,
  days: 7,
  events: 1_000_000,
  seed: 1,
  end: new Date('2026-03-10T12:00:00Z'),
} as const;

/** Below these there is no room for everything that is planted. */
export const least = { hosts: 20, days: 1, events: 20_000 } as const;

export interface Fleet {
  readonly files: readonly string[];
  readonly networkEvents: number;
  readonly processEvents: number;
  readonly truth: Truth;
}

const eventsPerFile = 250_000;

/** Makes a sample fleet: NDJSON files of network and process events, and truth.json beside them. */
export async function generateFleet(
  connection: DuckDBConnection,
  options: FleetOptions,
  onProgress: (fraction: number) => void = () => undefined,
): Promise<Fleet> {
  for (const name of ['hosts', 'days', 'events'] as const) {
    if (options[name] < least[name])
      throw new InputError(`--${name} ${options[name]} is too few for the sample fleet`, `the least is ${least[name]}`);
  }
  const { hosts, days, events, seed } = options;
  await mkdir(options.out, { recursive: true });
  await clearFleet(options.out);
  await connection.run(sql`SET preserve_insertion_order = true`);
  for (const statement of fleetTables(parametersOf(options))) await connection.run(statement);
  const networkEvents = await scalar(connection, sql`SELECT sum(events) FROM demo_flows`);
  const processEvents = await scalar(connection, sql`SELECT count(*) FROM demo_processes`);

  const files: string[] = [];
  const write = async (name: string, lines: Sql): Promise<void> => {
    const path = joinPath(options.out, name);
    await connection.run(
      sql`COPY (${lines}) TO ${text(path)} (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01')`,
    );
    files.push(path);
  };
  await write('process.ndjson', processLines(options.seed));
  // One writer, for the order of lines must not depend on which thread comes first.
  const threads = number(await scalar(connection, sql`SELECT current_setting('threads')`));
  await connection.run(sql`SET threads = 1`);
  const parts = Math.max(1, Math.ceil(networkEvents / eventsPerFile));
  for (let part = 0; part < parts; part++) {
    const range = { from: part * eventsPerFile, to: part === parts - 1 ? networkEvents : (part + 1) * eventsPerFile };
    await write(
      parts === 1 ? 'network.ndjson' : `network-${String(part + 1).padStart(3, '0')}.ndjson`,
      networkLines(options.seed, range),
    );
    onProgress((part + 1) / parts);
  }
  await connection.run(sql`SET threads = ${threads}`);
  const truth = truthOf(await plantedRows(connection), options.end.toISOString(), { hosts, days, events, seed });
  await writeTruth(joinPath(options.out, 'truth.json'), truth);
  for (const table of [
    sql`demo_hosts`,
    sql`demo_programs`,
    sql`demo_planted`,
    sql`demo_processes`,
    sql`demo_flows`,
    sql`demo_events`,
  ]) {
    await connection.run(sql`DROP TABLE ${table}`);
  }
  return { files, networkEvents, processEvents, truth };
}

const ownFile = /^(?:process|network(?:-\d{3,})?)\.ndjson$/;

/** Removes the fleet that a folder holds; a folder that holds other events is not touched. */
async function clearFleet(folder: string): Promise<void> {
  const truth = joinPath(folder, 'truth.json');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.ndjson'));
  const others = (await isOfFleet(truth)) ? names.filter((name) => !ownFile.test(name)) : names;
  if (others.length > 0)
    throw new InputError(
      `${folder} holds other events (${others.slice(0, 3).join(', ')}${others.length > 3 ? ', …' : ''})`,
      'name another folder with --out',
    );
  // A fleet that is not whole is known by a truth that says nothing.
  await writeTruth(truth, { fleet: null });
  for (const name of names) await rm(joinPath(folder, name));
}

/** The mark in front keeps the file from being read as an event. */
const writeTruth = (path: string, truth: Truth | { readonly fleet: null }): Promise<void> =>
  writeFile(path, `${JSON.stringify({ [truthMember]: truthMark, ...truth }, null, 2)}\n`);

async function isOfFleet(truth: string): Promise<boolean> {
  try {
    const parsed: unknown = JSON.parse(await readFile(truth, 'utf8'));
    return typeof parsed === 'object' && parsed !== null && 'fleet' in parsed;
  } catch {
    return false;
  }
}

function parametersOf({ events, end, benign = false, ...rest }: FleetOptions): FleetParameters {
  const plantedEvents = planted.reduce(
    (sum, entry) => sum + entry.flows.reduce((inFlows, flow) => inFlows + flow.events, 0),
    0,
  );
  return { ...rest, benign, end: end.getTime(), benignEvents: events - (benign ? 0 : plantedEvents) };
}

/** What a fleet is made of, as a text: where it is the same, so is the fleet. */
export function recipe(options: FleetOptions): string {
  const { seed } = options;
  return [...fleetTables(parametersOf(options)), processLines(seed), networkLines(seed, { from: 0, to: 0 })].join('\n');
}

/** The truth of a fleet that was made before with the same options and is all there still; null otherwise. */
export async function madeBefore(options: FleetOptions): Promise<Truth | null> {
  try {
    // Written last: where it is, the events are.
    const truth = JSON.parse(await readFile(joinPath(options.out, 'truth.json'), 'utf8')) as Truth;
    const { hosts, days, events, seed } = options;
    const same =
      JSON.stringify(truth.fleet) === JSON.stringify({ hosts, days, events, seed }) &&
      truth.now === options.end.toISOString();
    return same ? truth : null;
  } catch {
    return null;
  }
}

async function scalar(connection: DuckDBConnection, query: Sql): Promise<number> {
  return Number((await connection.runAndReadAll(query)).getRows()[0]![0]);
}

async function plantedRows(connection: DuckDBConnection): Promise<PlantedRow[]> {
  const rows = await connection.runAndReadAll(
    sql`SELECT p.planted, h.hostname, p.entity_id, p.name, p.executable, min_by(f.destination, f.flow) FROM demo_processes p JOIN demo_hosts h ON h.i = p.i JOIN demo_flows f ON f.process = p.process
      WHERE p.planted IS NOT NULL GROUP BY ALL ORDER BY p.planted`,
  );
  return rows.getRows().map(([index, host, entity, name, executable, destination]) => {
    const entry = planted[Number(index)]!;
    return {
      story: entry.story,
      techniques: entry.techniques,
      behaviours: entry.found,
      host: String(host),
      values: {
        'process.entity_id': String(entity),
        'process.name': String(name),
        'process.executable': String(executable),
        'destination.address': String(destination),
      },
    };
  });
}
