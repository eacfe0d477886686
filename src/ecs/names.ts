import { coalesce, ident, isOneOf, join, number, type Sql, sql, text } from '../sql/sql.ts';
import { always, conditionSql, never } from './conditions.ts';
import { jsonPath } from './json-paths.ts';
import { textsInJson } from './json-texts.ts';
import type { Family, Form, Mapping, NameStyle, PrefixRule } from './mapping.ts';
import { apply } from './ops.ts';
import { AskedNames, type Expr, oneOf, type RawValues } from './raw-values.ts';
import type { Steps } from './steps.ts';
import { firstOf, onlyWhen, valueOfPair, valueSql } from './values.ts';

/** The names of a family as one of its forms has them. */
class FormNames implements RawValues {
  readonly #form: Form;
  readonly #raw: RawValues;
  /** Whether an event comes in this form. */
  readonly #isOne: Sql;

  constructor(form: Form, raw: RawValues, isOne: Sql) {
    this.#form = form;
    this.#raw = raw;
    this.#isOne = isOne;
  }

  /** The names of the family below whose prefixes a name of the source stands. */
  namesOf(raw: string): string[] {
    this.#read ??= this.#rawNames();
    return this.#read.has(raw) ? [] : namesBelow(this.#form.prefixes, raw);
  }

  #read: ReadonlySet<string> | null = null;

  /** What is read under a name of its own. */
  #rawNames(): ReadonlySet<string> {
    const asked = new AskedNames();
    for (const value of this.#form.fields.values()) valueSql(value, asked);
    return asked.texts;
  }

  text(name: string): Expr | null {
    const own = this.#form.fields.get(name);
    const value = own !== undefined ? valueSql(own, this.#raw) : textBelow(this.#form.prefixes, name, this.#raw);
    return value && { ...value, sql: this.#ofThis(value.sql) };
  }

  json(name: string): Sql | null {
    const found = rulesFor(this.#form.prefixes, name).flatMap((prefix) => {
      const rest = name.slice(prefix.to.length);
      if (prefix.kind === 'names') return this.#raw.json(prefix.from + rawName(prefix.style, rest)) ?? [];
      const outer = prefix.kind === 'json' ? this.#raw.text(prefix.from) : null;
      if (!outer) return [];
      const whole = oneOf(outer);
      return sql`CASE WHEN json_valid(${whole}) THEN (${whole} -> ${jsonPath(rest)})::VARCHAR END`;
    });
    return found.length === 0 ? null : this.#ofThis(coalesce(found));
  }

  #ofThis(value: Sql): Sql {
    return this.#isOne === always ? value : sql`CASE WHEN ${this.#isOne} THEN ${value} END`;
  }
}

/** The number of the form of each event, from one on, as a column. */
export interface FormColumn {
  readonly name: string;
  readonly value: Sql;
}

/** The names of a family in whichever form an event comes. */
export class FamilyNames implements RawValues {
  readonly #forms: readonly FormNames[];
  readonly #family: Family;
  readonly #steps: Steps;
  readonly #texts = new Map<string, Expr | null>();
  /** What says the form of each event; null where no form has a condition. */
  readonly column: FormColumn | null;

  constructor(family: Family, raw: RawValues, column: string, steps: Steps) {
    this.#family = family;
    this.#steps = steps;
    const cases: Sql[] = [];
    const forms: FormNames[] = [];
    family.forms.forEach((form, i) => {
      const comes = form.when === null ? always : conditionSql(form.when, raw);
      if (comes === never) return;
      const isOne = form.when === null ? always : sql`${ident(column)} = ${number(i + 1)}`;
      if (form.when !== null) cases.push(sql`WHEN ${comes} THEN ${number(i + 1)}`);
      forms.push(new FormNames(form, raw, isOne));
    });
    this.#forms = forms;
    this.column = cases.length === 0 ? null : { name: column, value: sql`(CASE ${join(cases, '\n')} END)` };
  }

  namesOf(raw: string): string[] {
    return this.#forms.flatMap((form) => form.namesOf(raw));
  }

  text(name: string): Expr | null {
    const known = this.#texts.get(name);
    if (known !== undefined) return known;
    const value = this.#steps.once(this.#text(name));
    this.#texts.set(name, value);
    return value;
  }

  #text(name: string): Expr | null {
    const value = firstOf(this.#forms.map((form) => form.text(name)));
    const empty = this.#family.empty.find(({ below }) => name.startsWith(below));
    if (!value || !empty) return value;
    const isNone = (one: Sql): Sql => isOneOf(one, empty.texts.map(text));
    return value.isList
      ? { ...value, sql: sql`nullif(list_filter(${value.sql}, lambda v: NOT (${isNone(sql`v`)})), []::VARCHAR[])` }
      : { ...value, sql: sql`CASE WHEN NOT (${isNone(value.sql)}) THEN ${value.sql} END` };
  }

  json(name: string): Sql | null {
    const found = this.#forms.flatMap((form) => form.json(name) ?? []);
    return found.length === 0 ? null : coalesce(found);
  }
}

/** How the names of fields that a mapping makes begin where values are made of them. */
const ownField = 'ecs:';

/** The fields that events have by a mapping. */
export class MappedFields implements RawValues {
  readonly mapping: Mapping;
  readonly #names: RawValues;
  readonly #family: FamilyNames | null;
  /** Fields that are being worked out: what comes from itself has no value. */
  readonly #open = new Set<string>();
  readonly #fields = new Map<string, Expr | null>();

  readonly #steps: Steps;
  readonly #isIts: Sql | null;

  /** `family`: the names that the mapping reads, where it is of a family; `isIts`: whether an event is its own, where that is known. */
  constructor(mapping: Mapping, raw: RawValues, family: FamilyNames | null, steps: Steps, isIts: Sql | null) {
    this.#isIts = isIts;
    this.mapping = mapping;
    this.#steps = steps;
    this.#family = family;
    this.#names = family ?? raw;
  }

  /** Whether an event is one of the mapping's; never null. */
  get recognised(): Sql {
    return conditionSql(this.mapping.when, this);
  }

  /** Whether the mapping says something of a field. */
  defines(field: string): boolean {
    return this.mapping.fields.has(field) || rulesFor(this.mapping.prefixes, field).length > 0;
  }

  /** The fields below whose prefixes a name of the source stands. */
  namesOf(raw: string): string[] {
    const names = this.#family ? this.#family.namesOf(raw) : [raw];
    return names.flatMap((name) => namesBelow(this.mapping.prefixes, name));
  }

  text(name: string): Expr | null {
    return name.startsWith(ownField) ? this.field(name.slice(ownField.length)) : this.#names.text(name);
  }

  json(name: string): Sql | null {
    return this.#names.json(name);
  }

  /** The value of a field; null where no event has any. */
  field(field: string): Expr | null {
    const known = this.#fields.get(field);
    if (known !== undefined) return known;
    if (this.#open.has(field)) return null;
    this.#open.add(field);
    const defined = (this.mapping.fields.get(field) ?? []).map((one) =>
      onlyWhen(valueSql(one.value, this), one.when, this),
    );
    const made = firstOf([...defined, textBelow(this.mapping.prefixes, field, this.#names)]);
    const value = this.#steps.once(made, this.#isIts);
    this.#open.delete(field);
    this.#fields.set(field, value);
    return value;
  }
}

const rulesFor = (prefixes: readonly PrefixRule[], name: string): PrefixRule[] =>
  prefixes.filter(({ to }) => name.length > to.length && name.startsWith(to));

/** What stands at a name below one of some prefixes. */
const textBelow = (prefixes: readonly PrefixRule[], name: string, raw: RawValues): Expr | null =>
  firstOf(rulesFor(prefixes, name).map((prefix) => textOf(prefix, name.slice(prefix.to.length), raw)));

function textOf(prefix: PrefixRule, rest: string, raw: RawValues): Expr | null {
  switch (prefix.kind) {
    case 'names': {
      const value = raw.text(prefix.from + rawName(prefix.style, rest));
      return value && prefix.then.reduce(apply, value);
    }
    case 'numbered': {
      const json = raw.json(prefix.from);
      if (json === null) return null;
      const value = sql`nullif(${json} ->> ${jsonPath(rawName(prefix.style, rest))}, '')`;
      return prefix.then.reduce(apply, { sql: value, isList: false });
    }
    case 'pairs': {
      if (prefix.value !== null) return valueOfPair(raw.json(prefix.from), rest, prefix.name, prefix.value);
      const dot = rest.lastIndexOf('.');
      return dot < 0 ? null : valueOfPair(raw.json(prefix.from), rest.slice(0, dot), prefix.name, rest.slice(dot + 1));
    }
    case 'lines': {
      const pattern = `(?m)^[ \\t]*${rest.replace(/[^A-Za-z0-9_ ]/g, '\\$&')}:[ \\t]*(.*?)\\r?$`;
      const value = raw.text(prefix.from);
      return value && apply(value, { match: pattern });
    }
    case 'json': {
      const outer = raw.text(prefix.from);
      return outer && textsInJson(oneOf(outer), rest);
    }
  }
}

/** What a name is called below the prefixes that take it. */
const namesBelow = (prefixes: readonly PrefixRule[], name: string): string[] =>
  prefixes.flatMap((prefix) => {
    if (prefix.kind !== 'names' || !name.startsWith(prefix.from) || name.length === prefix.from.length) return [];
    const rest = name.slice(prefix.from.length);
    return prefix.to + fieldName(prefix.style, rest);
  });

function rawName(style: NameStyle, name: string): string {
  if (style === 'snake') return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  if (style === 'pascal') return name.replace(/(^|\.)([a-z])/g, (part) => part.toUpperCase());
  return style === 'camel' ? name.charAt(0).toLowerCase() + name.slice(1) : name;
}

function fieldName(style: NameStyle, name: string): string {
  if (style === 'snake') return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  if (style === 'pascal') return name.replace(/(^|\.)([A-Z])/g, (part) => part.toLowerCase());
  return style === 'camel' ? name.charAt(0).toUpperCase() + name.slice(1) : name;
}
