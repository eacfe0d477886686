import { readFile } from 'node:fs/promises';
import { parse, TomlDate, TomlError } from 'smol-toml';
import { closestMatches } from '../../diagnostics/closest-match.ts';
import { InputError } from '../../diagnostics/diagnostic.ts';
import { parseDate } from '../../values/date.ts';
import { own } from '../../values/own.ts';
import type { AcceptedList, Condition, PlacedEntry, Term } from './entry.ts';
import { tablePlaces } from './table-places.ts';

type Table = Readonly<Record<string, unknown>>;
/** Ends reading with what is wrong with a key of an entry. */
type Fail = (key: string, message: string, hint?: string) => never;

/** Reads an allow-list; a file that is not there is an empty one. Throws an InputError with the line of what is wrong. */
export async function readAccepted(file: string): Promise<AcceptedList> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw new InputError(`cannot read ${file}: ${error.message}`);
  });
  return parseAccepted(text, file);
}

/** The allow-list in a text. */
export function parseAccepted(text: string, file: string): AcceptedList {
  let document: Table;
  try {
    document = parse(text, { integersAsBigInt: true });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const message = error.message.split('\n')[0]!.replace(/^Invalid TOML document: /, '');
    throw new InputError(`${file}:${error.line}:${error.column}: invalid TOML: ${message}`);
  }
  const places = tablePlaces(text, 'accepted');
  const { accepted = [], ...others } = document;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    throw new InputError(
      `${file}: ${unknown} means nothing here`,
      'each entry is a table that begins with [[accepted]]',
    );
  if (!Array.isArray(accepted) || !accepted.every(isTable))
    throw new InputError(`${file}: accepted is no list of tables`, 'begin each entry with [[accepted]]');
  const entries = accepted.map((table, i) =>
    readEntry(table, places.line(i), (key, message, hint) => {
      throw new InputError(`${file}:${places.keyLine(i, key)}: ${message}`, hint);
    }),
  );
  const ids = new Set<string>();
  for (const { id, line } of entries) {
    if (ids.has(id)) throw new InputError(`${file}:${line}: another entry has the id ${id} too`, 'give each its own');
    ids.add(id);
  }
  return { file, entries };
}

const keys = ['id', 'hunt', 'query', 'when', 'reason', 'owner', 'created', 'expires'];

function readEntry(table: Table, line: number, fail: Fail): PlacedEntry {
  for (const key of Object.keys(table)) {
    if (keys.includes(key)) continue;
    const [near] = closestMatches(key, keys);
    fail(
      key,
      `${key} is no part of an entry`,
      near !== undefined ? `did you mean ${near}?` : 'conditions on columns stand in [accepted.when]',
    );
  }
  const text = (key: string): string | null => {
    const value = own(table, key);
    if (value === undefined) return null;
    return typeof value === 'string' && value.trim() !== '' ? value : fail(key, `${key} is no text`);
  };
  const date = (key: string): string | null => {
    const value = own(table, key);
    if (value === undefined) return null;
    const written = value instanceof TomlDate && !value.isTime() ? value.toISOString() : value;
    if (typeof written !== 'string' || parseDate(written) === null || Number.isNaN(Date.parse(written)))
      return fail(key, `${key} is no date`, `write it as ${key} = 2026-12-31`);
    return written;
  };
  const { query } = table;
  if (query !== undefined && !(typeof query === 'bigint' && query > 0n))
    fail('query', 'query is no place of a query in its hunt', 'the first is query = 1');
  const conditions = new Map<string, Condition>();
  if (table.when !== undefined && !isTable(table.when)) fail('when', 'when is no table of columns');
  readConditions((table.when ?? {}) as Table, '', conditions, fail);
  if (conditions.size === 0)
    fail('', 'the entry has no condition, and would hide everything', 'name columns below [accepted.when]');
  return {
    id: text('id') ?? fail('', 'the entry has no id', 'give it one: id = "…"'),
    hunt: text('hunt') ?? fail('', 'the entry names no hunt', 'give its UUID, or hunt = "*"'),
    query: query === undefined ? null : Number(query),
    conditions,
    reason: text('reason') ?? fail('', 'the entry gives no reason', 'say why these rows are harmless: reason = "…"'),
    owner: text('owner'),
    created: date('created'),
    expires: date('expires'),
    line,
  };
}

/** Columns may be written with quotes, `"process.name"`, or without, which TOML takes for tables in tables. */
function readConditions(table: Table, prefix: string, found: Map<string, Condition>, fail: Fail): void {
  for (const [key, value] of Object.entries(table)) {
    const column = prefix + key;
    const condition = readCondition(value, () =>
      fail(
        column,
        `${column} has a condition that cannot be read`,
        'give a text, a number, true or false, a list of them, { is = … } or { null = true }',
      ),
    );
    if (condition) found.set(column, condition);
    else readConditions(value as Table, `${column}.`, found, fail);
  }
}

function readCondition(value: unknown, fail: () => never): Condition | null {
  if (isTable(value)) {
    const [[key, inner] = fail(), ...more] = Object.entries(value);
    if (more.length === 0 && key === 'null' && inner === true) return { kind: 'null' };
    return more.length === 0 && key === 'is' ? { kind: 'any', terms: [readTerm(value, fail)] } : null;
  }
  const values = Array.isArray(value) ? value : [value];
  return values.length === 0 ? fail() : { kind: 'any', terms: values.map((item) => readTerm(item, fail)) };
}

function readTerm(value: unknown, fail: () => never): Term {
  if (isTable(value)) {
    const exact = plainValue(value.is);
    return exact === null || Object.keys(value).length > 1 ? fail() : { kind: 'exact', value: exact };
  }
  const plain = plainValue(value);
  if (plain === null) return fail();
  return typeof plain === 'string' ? { kind: 'pattern', text: plain } : { kind: 'exact', value: plain };
}

function plainValue(value: unknown): string | number | bigint | boolean | null {
  if (value instanceof TomlDate) return value.toISOString();
  return ['string', 'number', 'bigint', 'boolean'].includes(typeof value) ? (value as string) : null;
}

const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof TomlDate);
