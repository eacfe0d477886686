/** How the values of a field nearly always look; see reader/field.ts. */
export const forms = {
  /** In many ways: the engine reads them all from JSON. */
  any: 0,
  text: 1,
  /** Whole numbers of up to 18 digits. */
  whole: 2,
  /** Numbers whose digits and power of ten are doubles themselves. */
  decimal: 3,
  boolean: 4,
  /** `2026-03-10T12:00:00.123Z`, kept as milliseconds. */
  date: 5,
  /** The same, kept as nanoseconds. */
  dateNanos: 6,
  /** IPv4 and IPv6, kept as the decimal digits of a number of 128 bits. */
  address: 7,
} as const;
export type Form = keyof typeof forms;

/** What becomes of several values in one document; see reader/field.ts. */
export const orders = { asTheyCome: 0, sorted: 1, sortedOnce: 2 } as const;
export type Order = keyof typeof orders;

/** A field to look for in documents. */
export interface WantedField {
  /** Its name, of which documents may divide the parts in any way. */
  readonly name: string;
  readonly form: Form;
  readonly order: Order;
  /** Whether a value may be an object. */
  readonly takesObjects?: boolean;
  /** The range of whole numbers; those outside are for the engine to judge. */
  readonly least?: number;
  readonly most?: number;
  /** How many bytes a text may have, for the same reason. */
  readonly longest?: number;
}

/** What may stand in documents: anything else makes a document one that is not read. */
export interface KnownNames {
  readonly fields: readonly WantedField[];
  /** Objects that have no field in them yet. */
  readonly objects: readonly string[];
  /** Names whose values are not looked into. */
  readonly opaque: readonly string[];
  /** Names whose values do not matter, not even for keeping the document. */
  readonly ignored?: readonly string[];
  /** Objects in which anything else may stand, without being looked into; the empty name is the document itself. */
  readonly open: readonly string[];
}
