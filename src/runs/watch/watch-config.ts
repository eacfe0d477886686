import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { InputError } from '../../diagnostics/diagnostic.ts';
import { checkName } from '../state-folder.ts';
import { Schedule } from './schedule.ts';

/** A `[[watch]]` table as it is written, once it fits its schema. */
export interface WatchTable {
  readonly name: string;
  readonly schedule: string;
  readonly timezone?: string;
  readonly hunts: readonly string[];
  readonly data?: readonly string[];
  readonly store?: string;
  readonly engine?: 'duckdb' | 'elasticsearch';
  readonly url?: string;
  readonly api_key_env?: string;
  readonly now?: 'scheduled' | 'latest';
  readonly max_rows?: number;
  readonly forget_days?: number;
  readonly ndjson?: string;
  readonly index?: string;
  readonly webhook?: string;
  readonly header?: string;
  readonly header_env?: string;
  readonly timeout_seconds?: number;
  readonly retries?: number;
}

/** Where to POST hits. */
export interface Webhook {
  readonly url: string;
  /** A header, and the environment variable that holds its value; null for none. */
  readonly header: { readonly name: string; readonly variable: string } | null;
  /** Milliseconds. */
  readonly timeout: number;
  /** How often it is tried again. */
  readonly retries: number;
}

/** A cluster, and the environment variable that holds its key. */
export interface WatchedCluster {
  readonly url: string;
  readonly variable: string | null;
}

/** Hunts on a schedule, and where their new hits go. Paths are absolute. */
export interface Watch {
  readonly name: string;
  readonly schedule: Schedule;
  readonly hunts: readonly string[];
  readonly data: readonly string[];
  readonly store: string | null;
  /** The cluster that has the events, if one does. */
  readonly cluster: WatchedCluster | null;
  /** What hunts take for now: the time that the run was due, or that of the newest event. */
  readonly now: 'scheduled' | 'latest';
  readonly maxRows: number;
  /** Milliseconds unseen after which a hit counts as new again. */
  readonly forgetAfter: number;
  readonly ndjson: string | null;
  readonly index: string | null;
  readonly webhook: Webhook | null;
}

const day = 86_400_000;

/** The watches of a settings file. Throws an InputError for what a schema cannot tell. */
export function readWatches(tables: readonly WatchTable[], file: string): Watch[] {
  const names = new Set<string>();
  return tables.map((table) => {
    checkName(table.name, 'watch');
    if (names.has(table.name))
      throw new InputError(`${file}: two watches are called ${table.name}`, 'give each its own');
    names.add(table.name);
    return readWatch(table, file);
  });
}

function readWatch(table: WatchTable, file: string): Watch {
  const fail = (message: string, hint: string): never => {
    throw new InputError(`${file}: watch ${table.name}: ${message}`, hint);
  };
  const beside = (path: string): string => resolve(dirname(file), path);
  const { data = [], store, ndjson, index, webhook, header, header_env: variable } = table;
  const { engine, url, api_key_env: keyVariable } = table;
  const isCluster = engine === 'elasticsearch';
  if (isCluster !== (url !== undefined))
    fail('engine and url belong together', 'write engine = "elasticsearch" and url = "https://cluster.example:9200"');
  if (!isCluster && keyVariable !== undefined) fail('api_key_env is about a cluster', 'leave it out');
  if (isCluster && (data.length > 0 || (store !== undefined && index === undefined)))
    fail('the events are those of the cluster', `leave out ${data.length > 0 ? 'data' : 'store'}`);
  if (data.length > 0 && store !== undefined) fail('data and store both say where the events are', 'keep one of them');
  if ((header === undefined) !== (variable === undefined))
    fail('header and header_env belong together', 'header is its name, header_env the variable that holds its value');
  if (webhook === undefined && header !== undefined)
    fail('there is no webhook for the header', 'add webhook = "https://…"');
  let schedule: Schedule;
  try {
    schedule = new Schedule(table.schedule, table.timezone);
  } catch (error) {
    return fail(
      `the schedule cannot be read: ${(error as Error).message}`,
      'write it as cron does: "0 * * * *" is every hour',
    );
  }
  return {
    name: table.name,
    schedule,
    // What is no file there is the name or UUID of a hunt.
    hunts: table.hunts.map((hunt) => (existsSync(beside(hunt)) ? beside(hunt) : hunt)),
    data: data.map(beside),
    store: store === undefined ? null : beside(store),
    cluster: url === undefined ? null : { url, variable: keyVariable ?? null },
    now: table.now ?? 'scheduled',
    maxRows: table.max_rows ?? 10_000,
    forgetAfter: (table.forget_days ?? 30) * day,
    ndjson: ndjson === undefined ? null : beside(ndjson),
    index: index ?? null,
    webhook:
      webhook === undefined
        ? null
        : {
            url: webhook,
            header: header === undefined ? null : { name: header, variable: variable! },
            timeout: (table.timeout_seconds ?? 10) * 1000,
            retries: table.retries ?? 3,
          },
  };
}
