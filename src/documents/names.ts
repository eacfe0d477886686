import { type AskedMembers, allMembers } from './conversion.ts';

/** The form that values of a field nearly always have; see reader/field.ts. */
export const forms = {
  /** Any: values are kept by their kind, as they are written. */
  dynamic: 0,
  /** Any: values are kept as JSON. */
  json: 1,
  /** Texts; numbers and booleans are texts as they are written. */
  text: 2,
  /** Whole numbers of 64 bits. */
  whole: 3,
  /** Numbers whose digits and power of ten are doubles themselves. */
  decimal: 4,
  boolean: 5,
  /** `2026-03-10T12:00:00.123Z`, kept as milliseconds. */
  date: 6,
  /** The same, kept as nanoseconds. */
  dateNanos: 7,
  /** IPv4 and IPv6, kept as the decimal digits of a number of 128 bits. */
  address: 8,
} as const;
export type Form = keyof typeof forms;

/** What becomes of several values in one document; see reader/column.ts. */
export const orders = { asTheyCome: 0, sorted: 1, sortedOnce: 2 } as const;
export type Order = keyof typeof orders;

/** A field to look for in documents. */
export interface WantedField {
  /** Its name, of which documents may divide the parts in any way. */
  readonly name: string;
  readonly form: Form;
  /** Of a dynamic field, the order of several texts; its numbers and booleans are sorted, other values as they come. */
  readonly order: Order;
  /** Whether the JSON of a value may be an object. */
  readonly takesObjects?: boolean;
  /** Whether objects that are kept as JSON are read for other fields as well. */
  readonly looksInside?: boolean;
  /** Whether an object here makes a document unread; else it may have fields of its own. */
  readonly refusesObjects?: boolean;
  /** The range of whole numbers; those outside are not in the common form. */
  readonly least?: number;
  readonly most?: number;
  /** What null stands for. */
  readonly whenNull?: string;
  /** How many bytes a text in the common form may have. */
  readonly longest?: number;
}

/** What is known of documents, and what becomes of the rest. */
export interface KnownNames {
  readonly fields: readonly WantedField[];
  /** Objects in which any other value makes a document unread. The empty name is the document, here and below. */
  readonly objects: readonly string[];
  /** Names whose values are not looked into; documents with some are kept. */
  readonly opaque: readonly string[];
  /** Names whose values do not matter, not even for keeping the document. */
  readonly ignored?: readonly string[];
  /** Objects whose unknown members are not looked into; documents with some are kept. */
  readonly open: readonly string[];
  /** Objects in which an unknown member with a value makes a document unread. */
  readonly strict?: readonly string[];
  /**
   * What becomes of unknown members elsewhere: they become dynamic fields, or are not looked into. What is said of an
   * object holds for the names in it that are neither `objects`, `open` nor `strict`.
   */
  readonly unknown: 'discover' | 'skip';
  /** The order of several texts of new fields. */
  readonly textOrder?: Order;
  /** How many new fields have columns; the others stand in `_more`. */
  readonly mostColumns?: number;
  /**
   * What becomes of a member that stands twice in one object, of keys that Elasticsearch refuses because a part of them is
   * empty, and of metadata among the members: documents with some are not read; or the first value counts, such keys are
   * like any others, and values of which queries would not find anything are passed over.
   */
  readonly duplicates: 'refuse' | 'first';
  /**
   * Whether documents may be hits: an object with an object `_source`, or with an object `fields` beside a text `_index`
   * or `_id`, and nothing but members that hits have. The document is then that object, `fields` where `_source` is empty.
   * `_index` and `_id` are the hit's; where they stand as texts in what is no hit they are taken for such, too.
   */
  readonly hits: boolean;
}

/** Which members of documents matter to a reader of these names. */
export function askedMembers({ fields, objects, opaque, open, unknown, hits }: KnownNames): AskedMembers {
  if (unknown === 'discover' || objects.length + opaque.length + open.length > 0) return allMembers;
  const names = fields.map(({ name }) => name);
  const exact = new Set(names);
  const isAsked = (member: string): boolean =>
    member === '' ||
    exact.has(member) ||
    names.some((name) => name.startsWith(`${member}.`) || member.startsWith(`${name}.`));
  return (members) => {
    // Whether a document is a hit depends on all that stands beside these.
    const mayBeHit = hits && (members.includes('_source') || members.includes('fields'));
    return members.map((member) => mayBeHit || (hits && member.startsWith('_')) || isAsked(member));
  };
}
