/*
 * Names of columns, the same in files of Parquet and in tables. The engine takes names that differ by ASCII case for one,
 * so capital letters are escaped; names of Harrier's own columns begin with an underscore, which no field's column does.
 */

/** The kinds of values of a dynamic field. */
export const kinds = ['boolean', 'whole', 'unsigned', 'decimal', 'date', 'text'] as const;
export type Kind = (typeof kinds)[number];

/** The kinds that have columns of their own. */
export type KindWithColumn = Exclude<Kind, 'unsigned'>;
/** A column of a dynamic field: one value of a kind, several, or values of any kinds. */
export type KindPart = KindWithColumn | `${KindWithColumn}[]` | 'mixed[]';
/**
 * A column of a field: of a typed one for one value, several, values in another form, or those of which one is known not to fit; or of
 * a dynamic one.
 */
export type Part = 'single' | 'list' | 'rest' | 'unfit' | KindPart;

const typedSuffixes: Readonly<Record<string, string>> = { single: '', list: '[]', rest: ':rest[]', unfit: ':unfit[]' };

/** The name of a column of a field. */
export const columnOf = (field: string, part: Part): string =>
  `${field === '' ? '^-' : escapeName(field)}${typedSuffixes[part] ?? `:${part}`}`;

/** The part that holds several values of a kind. */
export const listOf = (kind: KindWithColumn): `${KindWithColumn}[]` => `${kind}[]`;

/** Harrier's own columns. */
export const ownColumns = {
  /** The number of the document. */
  n: '_n',
  /** The text of the document, where it is kept, and where it may have to be. */
  kept: '_kept',
  doubtful: '_doubtful',
  /** The values of dynamic fields that have no columns of their own; see `moreKey`. */
  more: '_more',
  /** The index and the id of a hit. */
  hitIndex: '_hit_index',
  hitId: '_hit_id',
} as const;

/** How the values of a field begin in `_more`: a letter of a kind and the value follow. */
export const moreKey = (field: string): string => `${field.replaceAll('^', '^^').replaceAll('\0', '^00')}\0`;

/** The field of a key of `_more`, without what ends it. */
export const nameOfKey = (key: string): string =>
  key.replace(/\^(\^|00)/g, (_, code: string) => (code === '^' ? '^' : '\0'));

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is escaped
const escaped = /[A-Z^:[\u0000-\u001f\u007f]|^_/g;

function escapeName(name: string): string {
  return name.replace(escaped, (character) => {
    if (character === '^') return '^^';
    if (character === ':') return '^.';
    if (character === '[') return '^(';
    if (character === '_') return '^_';
    if (character >= 'A' && character <= 'Z') return `^${character.toLowerCase()}`;
    return `^${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}
