import { existsSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { descriptorOf } from '../files/descriptor.ts';
import type { RunRequest } from '../runs/saved-run.ts';
import { listsOf } from './list-options.ts';
import { type DataOptions, rowLimit } from './options.ts';

/** What a run was asked with, in a form that can be kept: the same from any folder, and without a secret. */
export function requestOf(hunts: readonly string[], options: DataOptions): RunRequest {
  const {
    data,
    store,
    index,
    mapping = [],
    timeField,
    lookup = [],
    now,
    strict,
    copies,
    engine,
    url,
    ca,
    insecure,
  } = options;
  return {
    hunts,
    data: data.map(absolute),
    store: store === undefined ? null : resolve(store),
    index: index ?? null,
    now: now instanceof Date ? now.toISOString() : (now ?? null),
    maxRows: rowLimit(options),
    strict,
    ...(copies && { copies }),
    ...(mapping.length > 0 && { mapping: mapping.map(absolute) }),
    ...(timeField !== undefined && { timeField }),
    ...(lookup.length > 0 && { lookup: listsOf({ lookup }).map(({ name, file }) => `${name}=${absolute(file)}`) }),
    engine,
    url: engine === 'elasticsearch' && url !== undefined ? withoutSecrets(url) : null,
    ca: ca === undefined ? null : resolve(ca),
    insecure,
  };
}

/** The options that ask the same again; `given` are those of the command line, which come before what was kept. */
export function optionsOf(request: RunRequest, given: Partial<DataOptions>): DataOptions {
  const { data, store, index, mapping, timeField, lookup, now, url, ca, maxRows, strict, copies, engine, insecure } =
    request;
  const isHere = given.data !== undefined || given.store !== undefined;
  const place = given.engine ?? (isHere ? 'duckdb' : given.url !== undefined ? 'elasticsearch' : engine);
  // What says where events are, and how they are read, holds for the place that it was given for.
  const isSame = place === engine && !isHere;
  const isOfFiles = place === 'duckdb' && given.store === undefined;
  return {
    ...{ maxRows: maxRows ?? 'all', engine: place, cache: true, data: isSame ? data : [] },
    strict: isOfFiles && strict,
    insecure: isSame && insecure,
    ...(isSame && store !== null && { store }),
    ...(isOfFiles && index !== null && { index }),
    ...(now !== null && { now: now === 'latest' ? now : new Date(now) }),
    ...(isOfFiles && copies && { copies }),
    ...(isOfFiles && mapping && { mapping }),
    ...(isOfFiles && timeField !== undefined && { timeField }),
    ...(lookup && { lookup }),
    ...(isSame && url !== null && { url }),
    ...(isSame && ca !== null && { ca }),
    ...given,
  };
}

/** The leading part of a pattern that exists as a folder is taken literally, so a folder before it needs no escapes. */
function absolute(pattern: string): string {
  if (descriptorOf(pattern) !== null) return pattern;
  if (existsSync(pattern)) return resolve(pattern);
  return isAbsolute(pattern) ? pattern : join(process.cwd(), pattern);
}

function withoutSecrets(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
