/*
 * Mappings as data: how a source of logs is recognised, which index its events belong to, and where the values of its
 * fields come from. docs/mappings.md describes the language for those who write them.
 */

/** A constant: values of fields are texts until their type is known. */
export type Scalar = string | number | boolean;

/** What a value has to be. Texts are compared without regard to ASCII case. */
export type Matcher =
  | Scalar
  | readonly Scalar[]
  | { readonly exists: boolean }
  | { readonly not: Scalar | readonly Scalar[] }
  | { readonly like: string | readonly string[] }
  | { readonly over: number }
  | { readonly under: number };

/** What a value has to be beside another of the same event, which stands at a name. */
export type Comparison = { readonly 'same as': string } | { readonly 'ends with': string };

/** How many elements stand in the list at a name; what is no list is one. */
export interface Count {
  readonly count: number;
}

/** All of its members hold. `any` and `not` take conditions; other keys are names. */
export interface Condition {
  readonly any?: readonly Condition[];
  readonly not?: Condition;
  readonly [name: string]: Matcher | Comparison | Count | Condition | readonly Condition[] | undefined;
}

/** What is done to a value: the name of an operation, or the name with what it takes. */
export type Op = string | { readonly [name: string]: unknown };

interface Changed {
  readonly then?: readonly Op[];
  readonly when?: Condition;
}

/** Where a value comes from. */
export type Value =
  | string
  | readonly string[]
  | ({ readonly is: Scalar | readonly Scalar[] } & Changed)
  | ({ readonly from: string | readonly string[] } & Changed)
  | ({ readonly first: readonly Value[] } & Changed)
  | ({ readonly join: readonly Value[] } & Changed)
  | ({ readonly list: readonly Value[] } & Changed)
  | ({ readonly sum: readonly Value[] } & Changed)
  | ({ readonly between: readonly [Value, Value] } & Changed)
  | ({ readonly community_id: readonly [Value, Value, Value, Value, Value] } & Changed)
  | ({
      readonly objects: string;
      readonly where?: { readonly [member: string]: Matcher };
      readonly get: string;
    } & Changed)
  | ({ readonly object: string; readonly as: 'json' | 'java' } & Changed);

export type FieldValues = { readonly [field: string]: Value };

/**
 * Where all names below one come from: names below another (`snake`: those of the fields are the source's in snake case;
 * `camel`: the source's begin with a small letter; `pascal`: each part of the source's with a capital one), members of a text that is JSON, the lines `name: value` of a text, or a
 * list of objects that have a name and a value each.
 */
export type Prefix =
  | string
  | {
      readonly from: string | readonly string[];
      readonly names?: NameStyle;
      /** What stands there is a list, of whose objects names say the place: `0.displayName`. */
      readonly numbered?: boolean;
      readonly then?: readonly Op[];
    }
  | { readonly json: string }
  | { readonly lines: string }
  | { readonly objects: string; readonly name: string; readonly value?: string };

/** How the names of fields are written where those of the source are in another case. */
export type NameStyle = 'same' | 'snake' | 'camel' | 'pascal';

/** What follows from other fields of an event, as in the pipelines of integrations. */
export type Derivation = 'user_agent' | 'community_id';

/** A mapping as it is written. */
export interface MappingFile {
  readonly name: string;
  readonly title?: string;
  /** The index of the events; none in a mapping that others extend. */
  readonly index?: string;
  readonly family?: string;
  readonly extends?: string;
  readonly dataset?: string;
  readonly when?: Condition;
  /** Which of its events have fields of ECS although no pipeline made them: those that a shipper sent. */
  readonly unfinished?: Condition;
  readonly tables?: readonly {
    readonly by: string;
    readonly rows: { readonly [value: string]: { readonly [field: string]: Scalar | readonly Scalar[] } };
  }[];
  readonly groups?: readonly { readonly when: Condition; readonly fields: FieldValues }[];
  readonly fields?: FieldValues;
  readonly derives?: readonly Derivation[];
  readonly prefixes?: { readonly [prefix: string]: Prefix };
  /** The types of fields that ECS does not define and that are no keywords. */
  readonly types?: { readonly [field: string]: string };
  readonly records?: Records;
  readonly tests?: readonly MappingExample[];
}

/** What a source can record, as far as fields and tables do not say it. Coverage judges by it what was never seen. */
export interface Records {
  /** The values of fields that are the source's own words: a list of texts, or a regular expression for all of the value. */
  readonly values?: { readonly [field: string]: string | readonly Scalar[] };
  /** Whether the tables list every kind of event. */
  readonly complete?: boolean;
  /** Fields that only some kinds of events carry; `NAME.*` for all below one. */
  readonly by_kind?: readonly string[];
  /** Fields that only some events of a kind carry. */
  readonly sometimes?: readonly string[];
  /** Events that are recorded only where something is set up. */
  readonly settings?: readonly {
    readonly when: { readonly [field: string]: Scalar | readonly Scalar[] };
    readonly needs: string;
  }[];
}

/** Raw events and what the mapping must make of each. */
export interface MappingExample {
  readonly name: string;
  readonly event?: object;
  readonly events?: readonly object[];
  /** The values of fields; null where there must be none. `_index` is the index. */
  readonly expect: { readonly [field: string]: unknown };
}

/** The forms in which events of a family of sources come. */
export interface FamilyFile {
  readonly family: string;
  readonly forms: readonly FormFile[];
  /** Texts that stand for nothing, below prefixes of names of the family. */
  readonly empty?: { readonly [prefix: string]: readonly string[] };
}

export interface FormFile {
  readonly name: string;
  readonly title?: string;
  readonly when?: Condition;
  readonly fields?: FieldValues;
  readonly prefixes?: { readonly [prefix: string]: Prefix };
}

/** Everything that files of mappings say. */
export interface MappingFiles {
  readonly mappings: readonly MappingFile[];
  readonly families: readonly FamilyFile[];
}

/** One of the places where a field is defined. */
export interface Definition {
  readonly value: Value;
  readonly when: Condition | null;
}

/** Where all names below `to` come from. */
export type PrefixRule = { readonly to: string; readonly from: string } & (
  | { readonly kind: 'names'; readonly style: NameStyle; readonly then: readonly Op[] }
  | { readonly kind: 'numbered'; readonly style: NameStyle; readonly then: readonly Op[] }
  | { readonly kind: 'json' }
  | { readonly kind: 'lines' }
  /** Without a value, the rest of the name is a member of the object. */
  | { readonly kind: 'pairs'; readonly name: string; readonly value: string | null }
);

/** The forms of the events of some sources, and what they have in common. */
export interface Family {
  readonly forms: readonly Form[];
  readonly empty: readonly { readonly below: string; readonly texts: readonly string[] }[];
}

/** A form of a family. */
export interface Form {
  readonly name: string;
  readonly title: string;
  /** Which events come in it; null where that is not to be said before they are read. */
  readonly when: Condition | null;
  readonly fields: ReadonlyMap<string, Value>;
  readonly prefixes: readonly PrefixRule[];
}

/** A mapping with all that it extends. */
export interface Mapping {
  readonly name: string;
  readonly title: string;
  /** Null where events keep the index that they have. */
  readonly index: string | null;
  readonly when: Condition;
  /** Which events that have the marks of ECS it takes, too: a condition on names of the source; null for none. */
  readonly takesEcs: Condition | null;
  /** The family whose names it reads; null where it reads those of the source itself. */
  readonly family: Family | null;
  /** By field: the first definition that gives a value counts. */
  readonly fields: ReadonlyMap<string, readonly Definition[]>;
  readonly prefixes: readonly PrefixRule[];
  readonly types: ReadonlyMap<string, string>;
  readonly records: Records;
}
