import { ident, join, list, type Sql, sql, text } from '../sql/sql.ts';

/*
 * Where the values of fields stand in JSON documents. A dotted name may be spread over nested objects in any way
 * ("a.b.c" is a → b → c, or "a.b" → c, or one key), and any object on the way may be an array of objects.
 *
 * Reading is planned from what a sample shows, and each row is checked against the plan: a row that it would misread is
 * told as a surprise, and the plan is made anew. So the common shape is read fast, and every shape is read right.
 */

/** Keys from the document's root down, joined for use in sets. */
export type PathKey = string;
export const pathKey = (keys: readonly string[]): PathKey => JSON.stringify(keys);

/** What has been seen of the wanted paths: objects on the way, arrays (or other values) in an object's place, leaves. */
export interface SeenPaths {
  readonly objects: Set<PathKey>;
  /** Paths that lead to wanted fields but hold something else than an object: mostly arrays of objects. */
  readonly mixed: Set<PathKey>;
  readonly leaves: Set<PathKey>;
  /** Leaves that are arrays in some event; the others are read without a thought of lists. */
  readonly arrays: Set<PathKey>;
}

export const nothingSeen = (): SeenPaths => ({
  objects: new Set(),
  mixed: new Set(),
  leaves: new Set(),
  arrays: new Set(),
});

/** Every way in which a dotted name can be divided into keys. */
export function divisions(name: string): string[][] {
  const parts = name.split('.');
  const found: string[][] = [];
  const extend = (from: number, keys: readonly string[]): void => {
    if (from === parts.length) found.push([...keys]);
    for (let to = from + 1; to <= parts.length; to++) extend(to, [...keys, parts.slice(from, to).join('.')]);
  };
  extend(0, []);
  return found;
}

interface Node {
  readonly keys: readonly string[];
  readonly number: number;
  readonly children: Map<string, Node>;
  leaf: boolean;
}

/**
 * Where a field's values stand: one JSON value that may be an array (`value`) or never is (`scalar`), or a list of values
 * taken from an array of objects (`list`).
 */
export interface Place {
  readonly kind: 'value' | 'list' | 'scalar';
  readonly value: Sql;
}

/** Names with so many parts are never fields; dividing them would take forever. */
const deepest = 12;

/** A way to read wanted fields from JSON documents: the relation that `open` makes has a column for each of their places. */
export class ExtractionPlan {
  readonly #root: Node = { keys: [], number: 0, children: new Map(), leaf: false };
  #nodes = 1;

  constructor(
    names: readonly string[],
    private readonly seen: SeenPaths,
  ) {
    const likely = names.filter((name) => name.split('.').length <= deepest);
    for (const keys of likely.flatMap(divisions)) this.#add(keys);
  }

  #add(keys: readonly string[]): void {
    let node = this.#root;
    keys.forEach((key, i) => {
      let child = node.children.get(key);
      if (!child) {
        child = { keys: keys.slice(0, i + 1), number: this.#nodes++, children: new Map(), leaf: false };
        node.children.set(key, child);
      }
      node = child;
    });
    node.leaf = true;
  }

  /** Objects that the structure opens: seen as objects and never as anything else. */
  #opens(node: Node): boolean {
    const key = pathKey(node.keys);
    return node.children.size > 0 && this.seen.objects.has(key) && !this.seen.mixed.has(key);
  }

  #mayBeArray(node: Node): boolean {
    return node.children.size > 0 || this.seen.arrays.has(pathKey(node.keys));
  }

  /** The structure, as JSON text for json_transform: whatever is not opened is taken as JSON. */
  get #structure(): string {
    const shape = (node: Node): unknown =>
      this.#opens(node) || node === this.#root
        ? Object.fromEntries([...node.children].map(([key, child]) => [key, shape(child)]))
        : 'JSON';
    return JSON.stringify(shape(this.#root));
  }

  /**
   * A relation with what stands at each place of its documents as a column, for the rest of the plan to read; `s` is
   * null for what is no JSON.
   */
  open(relation: Sql, document: Sql): Sql {
    const parsed = sql`SELECT *, TRY(json_transform(${document}, ${text(this.#structure)})) AS s FROM ${relation}`;
    // Taking structures apart costs more than all that is done with their parts, so it is done once.
    return sql`SELECT *, ${this.#places((key) => sql`s.${ident(key)}`)} FROM (${parsed})`;
  }

  /** What stands at each place, from where the keys of documents are. */
  #places(rootKey: (key: string) => Sql): Sql {
    const columns: Sql[] = [];
    const visit = (node: Node, at: (key: string) => Sql): void => {
      for (const [key, child] of node.children) {
        const value = at(key);
        columns.push(sql`${value} AS ${this.#sqlOf(child)}`);
        if (this.#opens(child)) visit(child, (below) => sql`${value}.${ident(below)}`);
      }
    };
    visit(this.#root, rootKey);
    return join(columns, ', ');
  }

  #sqlOf(node: Node): Sql {
    return ident(`place ${node.number}`);
  }

  /** The places where a field's values are expected. */
  places(name: string): Place[] {
    if (name.split('.').length > deepest) return [];
    return divisions(name).flatMap((keys): Place[] => {
      let node = this.#root;
      for (const [i, key] of keys.entries()) {
        const child = node.children.get(key);
        if (!child) return [];
        node = child;
        if (i === keys.length - 1) {
          const known = this.seen.leaves.has(pathKey(keys)) && !this.#opens(node);
          const kind = this.#mayBeArray(node) ? 'value' : 'scalar';
          return known ? [{ kind, value: this.#sqlOf(node) }] : [];
        }
        if (this.#opens(node)) continue;
        if (!this.seen.mixed.has(pathKey(node.keys))) return [];
        return [{ kind: 'list', value: within(this.#sqlOf(node), keys.slice(i + 1)) }];
      }
      return [];
    });
  }

  /**
   * SQL that is true for a row that this plan would misread, and SQL for the paths that surprise: each as a JSON text
   * `["object" | "leaf" | "array" | "mixed", keys]`. Whether objects are what they are taken for is looked up in
   * `document`.
   */
  surprises(document: Sql): { any: Sql; all: Sql } {
    const tests: { when: Sql; what: Sql }[] = [];
    const parents: { place: Sql; node: Node }[] = [];
    const visit = (node: Node): void => {
      for (const child of node.children.values()) {
        const place = this.#sqlOf(child);
        const key = pathKey(child.keys);
        if (this.#opens(child)) {
          parents.push({ place, node: child });
          visit(child);
        } else if (this.seen.mixed.has(key)) {
          // Read as JSON, whatever it is.
        } else if (child.children.size > 0) {
          const kind = sql`CASE WHEN prefix(${place}::VARCHAR, '{') THEN 'object' WHEN prefix(${place}::VARCHAR, '[') AND contains(${place}::VARCHAR, '{') THEN 'mixed' ELSE 'leaf' END`;
          const expected =
            child.leaf && this.seen.leaves.has(key)
              ? sql` AND (prefix(${place}::VARCHAR, '{') OR (prefix(${place}::VARCHAR, '[') AND contains(${place}::VARCHAR, '{')))`
              : sql``;
          tests.push({
            when: sql`(${place} IS NOT NULL${expected})`,
            what: sql`json_array(${kind}, ${keysSql(child.keys)})`,
          });
        } else if (!this.seen.leaves.has(key)) {
          tests.push({ when: sql`${place} IS NOT NULL`, what: sql`json_array('leaf', ${keysSql(child.keys)})` });
        } else if (!this.#mayBeArray(child)) {
          tests.push({
            when: sql`prefix(${place}::VARCHAR, '[')`,
            what: sql`json_array('array', ${keysSql(child.keys)})`,
          });
        }
      }
    };
    visit(this.#root);
    for (const { place, node } of parents) {
      // DuckDB (1.5) makes an object with nothing in it of an array or a scalar. Only rows that show such are looked at again.
      const empty = [...node.children.values()].map((child) => sql`${this.#sqlOf(child)} IS NULL`);
      const type = sql`json_type(${document}, ${text(jsonPath(node.keys))})`;
      tests.push({
        when: sql`(CASE WHEN ${place} IS NOT NULL AND ${join(empty, ' AND ')} THEN ${type} NOT IN ('OBJECT', 'NULL') ELSE false END)`,
        what: sql`json_array('mixed', ${keysSql(node.keys)})`,
      });
    }
    if (tests.length === 0) return { any: sql`false`, all: sql`[]` };
    return {
      any: join(
        tests.map(({ when }) => sql`coalesce(${when}, false)`),
        ' OR ',
      ),
      all: list(tests.map(({ when, what }) => sql`CASE WHEN ${when} THEN ${what}::VARCHAR END`)),
    };
  }
}

const keysSql = (keys: readonly string[]): Sql => sql`json_array(${join(keys.map(text), ', ')})`;

/** A JSON path to keys, each quoted. */
export const jsonPath = (keys: readonly string[]): string =>
  `$${keys.map((key) => `."${key.replaceAll('"', '\\"')}"`).join('')}`;

/** The values at keys below a JSON value, any level of which may be an array, as one list. */
function within(json: Sql, keys: readonly string[]): Sql {
  return keys.reduce<Sql>((values, key) => {
    const path = jsonPath([key]);
    const j = ident('j');
    return sql`list_filter(flatten(list_transform(${values}, lambda ${j}: CASE WHEN prefix(${j}::VARCHAR, '[') THEN json_extract(${j}, ${text(`$[*]${path.slice(1)}`)}) ELSE [json_extract(${j}, ${text(path)})] END)), lambda ${j}: ${j} IS NOT NULL)`;
  }, sql`(CASE WHEN ${json} IS NULL THEN [] ELSE [${json}] END)`);
}

/** Adds what one document shows of wanted names. */
export function observe(document: unknown, wanted: ReadonlyMap<string, boolean>, seen: SeenPaths): void {
  const visit = (value: unknown, keys: readonly string[], name: string): void => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    for (const [key, child] of Object.entries(value)) {
      const childName = name === '' ? key : `${name}.${key}`;
      const leads = wanted.get(childName);
      if (leads === undefined || child === null) continue;
      const path = [...keys, key];
      const isObject = typeof child === 'object' && !Array.isArray(child);
      if (isObject) {
        seen.objects.add(pathKey(path));
        // An object may be a value itself: a point on the globe.
        if (!leads) seen.leaves.add(pathKey(path));
        visit(child, path, childName);
        continue;
      }
      const ofObjects = Array.isArray(child) && child.some((item) => typeof item === 'object' && item !== null);
      if (leads && ofObjects) seen.mixed.add(pathKey(path));
      if (!ofObjects) seen.leaves.add(pathKey(path));
      if (Array.isArray(child)) seen.arrays.add(pathKey(path));
    }
  };
  visit(document, [], '');
}

/** Wanted names and all that leads to them: true where a longer wanted name begins so. */
export function prefixes(names: Iterable<string>): Map<string, boolean> {
  const found = new Map<string, boolean>();
  for (const name of names) {
    if (!found.has(name)) found.set(name, false);
    for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) found.set(name.slice(0, dot), true);
  }
  return found;
}

/** Takes in a surprise as `surprises` words it. */
export function learn(surprise: string, seen: SeenPaths): void {
  const [kind, keys] = JSON.parse(surprise) as ['object' | 'leaf' | 'array' | 'mixed', string[]];
  const sets = { object: seen.objects, leaf: seen.leaves, array: seen.arrays, mixed: seen.mixed };
  sets[kind].add(pathKey(keys));
}
