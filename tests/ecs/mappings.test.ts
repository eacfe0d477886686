import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { FamilyFile, MappingFile } from '../../src/ecs/mapping.ts';
import { opNames } from '../../src/ecs/ops.ts';
import { openDuckDB } from '../../src/engines/duckdb/connection.ts';
import { sql, text } from '../../src/sql/sql.ts';

/*
 * What no query would show before somebody asks the one field that it stops: an operation, a key or a pattern that is not
 * there.
 */

const folder = join(import.meta.dirname, '../../mappings');

const filesIn = <T>(place: string): [string, T][] =>
  readdirSync(place)
    .filter((name) => name.endsWith('.yml'))
    .map((name) => [name, parse(readFileSync(join(place, name), 'utf8')) as T]);

const mappings = filesIn<MappingFile>(folder);
const families = filesIn<FamilyFile>(join(folder, 'forms'));

const known = {
  mapping:
    'name title index family extends dataset when unfinished tables groups fields derives prefixes types records tests'.split(
      ' ',
    ),
  family: 'family forms empty'.split(' '),
  form: 'name title when fields prefixes'.split(' '),
  value: 'is from first join list sum between community_id objects where get object as then when'.split(' '),
  prefix: 'from names numbered then json lines objects name value'.split(' '),
  matcher: [...'exists not like count over under'.split(' '), 'same as', 'ends with'],
  types: 'keyword text wildcard long double float boolean date ip'.split(' '),
};

type Node = unknown;
const isObject = (node: Node): node is Record<string, unknown> =>
  typeof node === 'object' && node !== null && !Array.isArray(node);

/** How many groups of a pattern are kept. */
const groupsOf = (pattern: string): number =>
  new RegExp(`${pattern.replace(/\(\?[ims]+\)/g, '')}|`).exec('')!.length - 1;

class Check {
  readonly problems: string[] = [];
  readonly patterns = new Set<string>();

  constructor(private readonly file: string) {}

  #say(problem: string): void {
    this.problems.push(`${this.file}: ${problem}`);
  }

  keys(node: Node, allowed: readonly string[], what: string): void {
    if (!isObject(node)) this.#say(`${what} is no object`);
    else for (const key of Object.keys(node)) if (!allowed.includes(key)) this.#say(`${what} has a key ${key}`);
  }

  condition(node: Node): void {
    if (node === undefined) return;
    if (!isObject(node)) {
      this.#say(`a condition is ${JSON.stringify(node)}`);
      return;
    }
    for (const [name, wanted] of Object.entries(node)) {
      if (name === 'any') for (const one of wanted as Node[]) this.condition(one);
      else if (name === 'not') this.condition(wanted);
      else if (isObject(wanted)) {
        this.keys(wanted, known.matcher, `the matcher of ${name}`);
        if (Object.keys(wanted).length !== 1) this.#say(`the matcher of ${name} has not one key`);
      }
    }
  }

  value(node: Node): void {
    if (typeof node === 'string') return;
    if (Array.isArray(node)) {
      for (const one of node) if (typeof one !== 'string') this.#say(`a list of names has ${JSON.stringify(one)}`);
      return;
    }
    this.keys(node, known.value, 'a value');
    if (!isObject(node)) return;
    for (const key of ['first', 'join', 'list', 'sum', 'between', 'community_id'])
      if (key in node) for (const one of node[key] as Node[]) this.value(one);
    if ('from' in node) this.value(node.from);
    this.condition(node.when);
    this.ops(node.then);
  }

  ops(node: Node): void {
    for (const op of (node ?? []) as Node[]) {
      const [name, argument] = typeof op === 'string' ? [op, undefined] : Object.entries(op as object)[0]!;
      if (!opNames.includes(name)) this.#say(`an operation is called ${name}`);
      if (name === 'match' || name === 'pieces') {
        this.patterns.add(String(argument));
        if (groupsOf(String(argument)) !== 1) this.#say(`a pattern has not one group: ${String(argument)}`);
      }
      if (name === 'replace') for (const pattern of Object.keys(argument as object)) this.patterns.add(pattern);
    }
  }

  fields(node: Node): void {
    for (const value of Object.values((node ?? {}) as object)) this.value(value);
  }

  prefixes(node: Node): void {
    for (const [to, prefix] of Object.entries((node ?? {}) as object)) {
      if (typeof prefix === 'string') continue;
      this.keys(prefix, known.prefix, `the prefix ${to}`);
      if (isObject(prefix)) this.ops(prefix.then);
    }
  }
}

function check(file: string, node: MappingFile | FamilyFile): Check {
  const found = new Check(file);
  if ('forms' in node) {
    found.keys(node, known.family, 'the family');
    for (const form of node.forms) {
      found.keys(form, known.form, `the form ${form.name}`);
      found.condition(form.when);
      found.fields(form.fields);
      found.prefixes(form.prefixes);
    }
    return found;
  }
  found.keys(node, known.mapping, 'the mapping');
  found.condition(node.when);
  found.condition(node.unfinished);
  found.fields(node.fields);
  found.prefixes(node.prefixes);
  for (const group of node.groups ?? []) {
    found.keys(group, ['when', 'fields'], 'a group');
    found.condition(group.when);
    found.fields(group.fields);
  }
  for (const table of node.tables ?? []) found.keys(table, ['by', 'rows'], 'a table');
  for (const [field, type] of Object.entries(node.types ?? {}))
    if (!known.types.includes(type)) found.problems.push(`${file}: ${field} is of the type ${type}`);
  return found;
}

const checks = [...mappings, ...families].map(([file, node]) => check(file, node));

describe('mappings', () => {
  test('have only keys, matchers, operations and types that are there', () => {
    expect(checks.flatMap(({ problems }) => problems)).toEqual([]);
  });

  test('have names of their own, families and bases that are there, and indices of their datasets', () => {
    const names = mappings.map(([, { name }]) => name);
    expect(new Set(names).size).toBe(names.length);
    const there = new Set(families.map(([, { family }]) => family));
    for (const [file, { family, extends: base, index, when }] of mappings) {
      if (family !== undefined) expect(there, file).toContain(family);
      if (base !== undefined) expect(names, file).toContain(base);
      expect(index === undefined, `${file} has an index and no condition, or the reverse`).toBe(when === undefined);
    }
  });

  test('have patterns that the engine reads', async () => {
    const { connection } = await openDuckDB();
    const refused: string[] = [];
    for (const pattern of new Set(checks.flatMap(({ patterns }) => [...patterns])))
      await connection
        .run(sql`SELECT regexp_matches('', ${text(pattern)}, 's')`)
        .catch((error: unknown) => refused.push(`${pattern}: ${String(error)}`));
    expect(refused).toEqual([]);
  });
});
