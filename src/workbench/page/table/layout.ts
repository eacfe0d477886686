import type { ColumnInfo } from '../../contract/question.ts';

/** How the columns of a table stand, as far as somebody changed it: by name, so that it holds for other rows too. */
export interface ColumnChoices {
  /** Names in their order; those that are not in it follow as the answer has them. */
  readonly order: readonly string[];
  readonly hidden: readonly string[];
  readonly pinned: readonly string[];
  /** Whose values go on in further lines. */
  readonly wrapped: readonly string[];
  readonly widths: ReadonlyMap<string, number>;
}

export interface LaidColumn extends ColumnInfo {
  /** Its place in the answer. */
  readonly at: number;
  readonly width: number;
  /** Pixels from the first column that is not pinned, or from the row's number for a pinned one. */
  readonly left: number;
  readonly isPinned: boolean;
  readonly isWrapped: boolean;
}

export interface Layout {
  /** Pinned columns first. */
  readonly columns: readonly LaidColumn[];
  readonly pinned: number;
  /** Pixels of the pinned columns, and of all. */
  readonly pinnedWidth: number;
  readonly width: number;
  /** Pixels of every row: rows of one height are found without measuring any. */
  readonly rowHeight: number;
}

export const noChoices: ColumnChoices = { order: [], hidden: [], pinned: [], wrapped: [], widths: new Map() };
/** Pixels of a row of one line, and of one with columns that wrap, which has room for four. */
const rowHeights = { plain: 24, wrapped: 84 } as const;
export const leastWidth = 48;
const mostWidth = 2000;
/** Pixels of a character of a table. */
const characterWidth = 7.6;

/** The width that a column has until somebody changes it: by its type, and at least its name. */
export function usualWidth({ name, type }: ColumnInfo): number {
  const characters = usualCharacters[type] ?? (/(?:path|executable|command_line|args|message)$/.test(name) ? 44 : 24);
  return Math.round(Math.max(characters, Math.min(name.length + 3, 28)) * characterWidth + 16);
}

/** The width at which the longest of some texts is shown whole, and the name of the column. */
export const widthOf = (name: string, texts: Iterable<string>): number => {
  let longest = name.length + 3;
  for (const text of texts) longest = Math.max(longest, text.length);
  return Math.round(longest * characterWidth + 16);
};

const usualCharacters: Readonly<Record<string, number>> = {
  boolean: 6,
  integer: 9,
  long: 11,
  unsigned_long: 11,
  double: 11,
  date: 25,
  date_nanos: 30,
  ip: 17,
};

/** Puts columns side by side. */
export function layOut(columns: readonly ColumnInfo[], choices: ColumnChoices): Layout {
  const places = new Map(columns.map(({ name }, at) => [name, at]));
  const ordered = [...new Set([...choices.order.filter((name) => places.has(name)), ...places.keys()])];
  const hidden = new Set(choices.hidden);
  const pins = new Set(choices.pinned);
  const wrapped = new Set(choices.wrapped);
  const shown = ordered.filter((name) => !hidden.has(name));
  const pinned = shown.filter((name) => pins.has(name));
  let left = 0;
  const laid = [...pinned, ...shown.filter((name) => !pins.has(name))].map((name, i): LaidColumn => {
    if (i === pinned.length) left = 0;
    const column = columns[places.get(name)!]!;
    const width = choices.widths.get(name) ?? usualWidth(column);
    const own = {
      ...column,
      at: places.get(name)!,
      width,
      left,
      isPinned: i < pinned.length,
      isWrapped: wrapped.has(name),
    };
    left += width;
    return own;
  });
  const sum = (all: readonly LaidColumn[]): number => all.reduce((total, { width }) => total + width, 0);
  const pinnedWidth = sum(laid.slice(0, pinned.length));
  const rowHeight = laid.some(({ isWrapped }) => isWrapped) ? rowHeights.wrapped : rowHeights.plain;
  return { columns: laid, pinned: pinned.length, pinnedWidth, width: sum(laid), rowHeight };
}

/** The first and the last but one of columns that are not pinned of which some part stands between two pixels. */
export function columnsBetween({ columns, pinned }: Layout, from: number, to: number): { from: number; to: number } {
  let first = pinned;
  while (first < columns.length - 1 && columns[first]!.left + columns[first]!.width <= from) first += 1;
  let end = first;
  while (end < columns.length && columns[end]!.left < to) end += 1;
  return { from: first, to: end };
}

/** Rows of a height between two pixels, with some more on either side. */
export function rowsBetween(top: number, height: number, rowHeight: number, count: number, more: number) {
  const first = Math.floor(top / rowHeight);
  return {
    from: Math.max(0, first - more),
    to: Math.min(count, Math.ceil((top + height) / rowHeight) + more),
  };
}

/** The choices with a column moved by a number of places among those that are shown. */
export function moved(columns: readonly ColumnInfo[], choices: ColumnChoices, name: string, by: number): ColumnChoices {
  const names = layOut(columns, choices).columns.map((column) => column.name);
  const at = names.indexOf(name);
  const to = Math.max(0, Math.min(names.length - 1, at + by));
  if (at < 0 || to === at) return choices;
  names.splice(to, 0, ...names.splice(at, 1));
  return { ...choices, order: names };
}

export const withWidth = (choices: ColumnChoices, name: string, width: number): ColumnChoices => ({
  ...choices,
  widths: new Map(choices.widths).set(name, Math.round(Math.max(leastWidth, Math.min(mostWidth, width)))),
});

export const toggled = (names: readonly string[], name: string): readonly string[] =>
  names.includes(name) ? names.filter((other) => other !== name) : [...names, name];

const joined = (names: readonly string[]): string => names.map(encodeURIComponent).join(',');
const parted = (text: string | undefined): string[] =>
  (text ?? '').split(',').flatMap((part) => (part === '' ? [] : decode(part)));

/** A link may have been cut anywhere. */
function decode(part: string): string[] {
  try {
    return [decodeURIComponent(part)];
  } catch {
    return [];
  }
}

/** The choices as settings of the address. */
export const choicesToOptions = ({
  order,
  hidden,
  pinned,
  wrapped,
  widths,
}: ColumnChoices): Record<string, string> => ({
  order: joined(order),
  hide: joined(hidden),
  pin: joined(pinned),
  wrap: joined(wrapped),
  width: [...widths].map(([name, width]) => `${encodeURIComponent(name)}:${width}`).join(','),
});

export function choicesFromOptions(options: Readonly<Record<string, string>>): ColumnChoices {
  const widths = (options.width ?? '').split(',').flatMap((part): [string, number][] => {
    const at = part.lastIndexOf(':');
    const width = Number(part.slice(at + 1));
    const [name] = at > 0 ? decode(part.slice(0, at)) : [];
    return name === undefined || !(width >= leastWidth && width <= mostWidth) ? [] : [[name, width]];
  });
  return {
    ...{ order: parted(options.order), hidden: parted(options.hide), pinned: parted(options.pin) },
    wrapped: parted(options.wrap),
    widths: new Map(widths),
  };
}
