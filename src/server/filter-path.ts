import { patternMatcher } from '../catalogue/index-pattern.ts';
import { TimeSlice } from '../engines/time-slice.ts';
import { illegalArgument } from '../store/refusal.ts';

/** Parts of all paths together: each may be compared with every name of a response. */
const mostParts = 500;

/**
 * Elasticsearch's `filter_path`: the parts of a response that a client wants, by dotted paths in which `*` stands for
 * any part of a name and `**` for any names; a leading `-` takes parts away. Values stay as they are written, and others
 * are served meanwhile. Throws a Refusal for an expression of too many parts.
 */
export function filteredJson(json: Buffer, expression: string): Promise<Buffer> {
  const paths = [...new Set(expression.split(',').filter((path) => path !== ''))];
  const wanted = paths.filter((path) => !path.startsWith('-'));
  const unwanted = paths.filter((path) => path.startsWith('-')).map((path) => path.slice(1));
  return new JsonFilter(json).filtered(
    wanted.length > 0 ? startOf(wanted) : null,
    unwanted.length > 0 ? startOf(unwanted) : null,
  );
}

/** A part of a path: a test for one name, or `**`. */
type Part = ((name: string) => boolean) | '**';

/** What of the paths may still follow somewhere in a response. Equal ones are one object, which remembers its steps. */
interface State {
  /** Where the paths stand, as numbers of parts. */
  readonly places: readonly number[];
  /** Whether all that stands here is meant: exactly by its name, or with whatever is below. */
  readonly isNamed: boolean;
  readonly isWhole: boolean;
  readonly known: Map<string, State>;
  below(name: string): State;
}

/** The state before the first name: paths become one automaton, made as far as a response needs it. */
function startOf(paths: readonly string[]): State {
  // A path ends with null.
  const parts: (Part | null)[] = [];
  const starts: number[] = [];
  for (const path of paths) {
    starts.push(parts.length);
    const names = path.split('.').filter((name, i, all) => name !== '**' || all[i - 1] !== '**');
    for (const name of names) parts.push(name === '**' ? name : patternMatcher(name));
    parts.push(null);
  }
  if (parts.length - paths.length > mostParts) throw illegalArgument(`[filter_path] has more than ${mostParts} parts`);
  const states = new Map<string, State>();
  const stateOf = (found: Iterable<number>): State => {
    const places = [...new Set(found)].sort((a, b) => a - b);
    const key = places.join();
    let state = states.get(key);
    if (!state) {
      const isNamed = places.some((at) => parts[at] === null);
      state = {
        places,
        isNamed,
        isWhole: isNamed || places.some((at) => parts[at] === '**' && parts[at + 1] === null),
        known: new Map(),
        below(name) {
          let next = this.known.get(name);
          if (!next) {
            next = stateOf(step(this.places, name));
            this.known.set(name, next);
          }
          return next;
        },
      };
      states.set(key, state);
    }
    return state;
  };
  function* step(places: readonly number[], name: string): Generator<number> {
    for (const place of places) {
      let at = place;
      if (parts[at] === '**') yield at++;
      const part = parts[at];
      if (part && part !== '**' && part(name)) yield at + 1;
    }
  }
  return stateOf(starts);
}

/** An object or array around the place that is read. */
interface Container {
  readonly isObject: boolean;
  /** What of the wanted paths may follow; null where everything is wanted. */
  readonly keep: State | null;
  /** What of the unwanted paths may follow; null where nothing is unwanted. */
  readonly drop: State | null;
  /** Whether it is within an unwanted part: it is read to learn whether what is around it is wanted. */
  readonly isDropped: boolean;
  /** Where its name stands, with the quotes. */
  readonly name: readonly [start: number, end: number] | null;
  /** Whether it is written, which it is when the first wanted part of it is found. */
  isOpen: boolean;
  isEmpty: boolean;
}

const [quote, backslash, comma, colon] = [...'"\\,:'].map((sign) => sign.charCodeAt(0)) as [
  number,
  number,
  number,
  number,
];
const [openObject, closeObject, openArray, closeArray] = [...'{}[]'].map((sign) => sign.charCodeAt(0)) as [
  number,
  number,
  number,
  number,
];
/** Bytes of a value that nobody looks into, after which others may be served. */
const passedOver = 1 << 16;

/** Copies the wanted parts of a JSON text, in one pass over its bytes. */
class JsonFilter {
  #at = 0;
  readonly #out: Buffer;
  #written = 0;
  readonly #around: Container[] = [];
  readonly #slice = new TimeSlice();

  constructor(private readonly json: Buffer) {
    // What is left out makes it shorter; of nothing an empty object is left.
    this.#out = Buffer.allocUnsafe(json.length + 2);
  }

  async filtered(keep: State | null, drop: State | null): Promise<Buffer> {
    await this.#value(keep?.isWhole ? null : keep, drop, false, null);
    while (this.#around.length > 0) {
      if (this.#slice.isOver) await this.#slice.next();
      await this.#member();
    }
    if (this.#written === 0) this.#put(openObject, closeObject);
    return this.#out.subarray(0, this.#written);
  }

  /** Reads the next member of the innermost container, or its end. */
  async #member(): Promise<void> {
    const around = this.#around.at(-1)!;
    this.#space();
    let byte = this.json[this.#at];
    if (byte === closeObject || byte === closeArray) {
      this.#at += 1;
      if (around.isOpen) this.#put(byte);
      this.#around.pop();
      return;
    }
    if (byte === comma) {
      this.#at += 1;
      this.#space();
      byte = this.json[this.#at];
    }
    if (!around.isObject) return this.#value(around.keep, around.drop, around.isDropped, null);
    const start = this.#at;
    this.#at = this.#endOfText(start);
    const name = [start, this.#at] as const;
    this.#space();
    this.#at += 1; // The colon.
    const text = this.#nameAt(name);
    const keep = around.keep?.below(text) ?? null;
    if (keep?.places.length === 0) {
      await this.#pass();
      return;
    }
    const drop = around.drop?.below(text) ?? null;
    return this.#value(keep?.isWhole ? null : keep, drop, around.isDropped || drop?.isNamed === true, name);
  }

  async #value(keep: State | null, drop: State | null, isDropped: boolean, name: Container['name']): Promise<void> {
    this.#space();
    const start = this.#at;
    const isObject = this.json[start] === openObject;
    const isContainer = isObject || this.json[start] === openArray;
    const isWanted = keep === null;
    const isLookedInto = isContainer && (!isWanted || (drop !== null && drop.places.length > 0 && !isDropped));
    if (!isLookedInto) {
      await this.#pass();
      if (!isWanted) return;
      this.#open();
      if (!isDropped) this.#write(name, start, this.#at);
      return;
    }
    this.#at += 1;
    this.#around.push({ isObject, keep, drop, isDropped, name, isOpen: false, isEmpty: true });
    if (isWanted) this.#open();
  }

  /** Writes the beginnings of all containers that are around a wanted part. */
  #open(): void {
    for (const [i, container] of this.#around.entries()) {
      if (container.isDropped) return;
      if (container.isOpen) continue;
      if (i > 0) this.#separate(this.#around[i - 1]!);
      if (container.name) this.#copy(...container.name, colon);
      this.#put(container.isObject ? openObject : openArray);
      container.isOpen = true;
    }
  }

  #write(name: Container['name'], start: number, end: number): void {
    const around = this.#around.at(-1);
    if (around) this.#separate(around);
    if (name) this.#copy(...name, colon);
    this.#copy(start, end);
  }

  #separate(around: Container): void {
    if (!around.isEmpty) this.#put(comma);
    around.isEmpty = false;
  }

  #put(...bytes: number[]): void {
    for (const byte of bytes) this.#out[this.#written++] = byte;
  }

  #copy(start: number, end: number, ...more: number[]): void {
    this.#written += this.json.copy(this.#out, this.#written, start, end);
    this.#put(...more);
  }

  #space(): void {
    while (this.json[this.#at]! <= 32) this.#at += 1;
  }

  #nameAt([start, end]: readonly [number, number]): string {
    const text = this.json.toString('utf8', start, end);
    return text.includes('\\') ? JSON.parse(text) : text.slice(1, -1);
  }

  /** Behind the quote that ends a text. */
  #endOfText(start: number): number {
    for (let end = start + 1; ; end++) {
      end = this.json.indexOf(quote, end);
      if (end < 0) return this.json.length;
      let escapes = 0;
      while (this.json[end - 1 - escapes] === backslash) escapes += 1;
      if (escapes % 2 === 0) return end + 1;
    }
  }

  /** Goes on behind a value. */
  async #pass(): Promise<void> {
    this.#space();
    let depth = 0;
    let looked = this.#at;
    for (;;) {
      const byte = this.json[this.#at];
      if (byte === undefined) return;
      if (byte === quote) this.#at = this.#endOfText(this.#at);
      else if (byte === openObject || byte === openArray) {
        depth += 1;
        this.#at += 1;
      } else if (byte === closeObject || byte === closeArray) {
        // It may be that of what is around a number or a word.
        if (depth === 0) return;
        depth -= 1;
        this.#at += 1;
      } else if ((byte === comma || byte <= 32) && depth === 0) return;
      else {
        this.#at += 1;
        continue;
      }
      if (depth === 0) return;
      if (this.#at - looked < passedOver) continue;
      looked = this.#at;
      if (this.#slice.isOver) await this.#slice.next();
    }
  }
}
