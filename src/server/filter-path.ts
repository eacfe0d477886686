import { patternMatcher } from '../catalogue/index-pattern.ts';
import { illegalArgument } from '../store/refusal.ts';
import { changeExactJson } from '../values/exact-json.ts';

/** Parts of all paths together: each may be compared with every name of a response. */
const mostParts = 500;

/**
 * Elasticsearch's `filter_path`: the parts of a response that a client wants, by dotted paths in which `*` stands for
 * any part of a name and `**` for any names; a leading `-` takes parts away. Throws a Refusal for one of too many parts.
 */
export function filterPath(value: unknown, expression: string): unknown {
  const paths = [...new Set(expression.split(',').filter((path) => path !== ''))];
  const wanted = paths.filter((path) => !path.startsWith('-'));
  const unwanted = paths.filter((path) => path.startsWith('-')).map((path) => path.slice(1));
  const kept = wanted.length > 0 ? keep(value, startOf(wanted)) : value;
  const left = unwanted.length > 0 && kept !== undefined ? drop(kept, startOf(unwanted)) : kept;
  return left ?? {};
}

/** The same on a JSON text, in which every number stays as it is written. */
export const filterText = (text: string | Buffer, expression: string): string =>
  changeExactJson(text.toString(), (value) => filterPath(value, expression));

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

function keep(value: unknown, state: State): unknown {
  if (state.isWhole) return value;
  if (Array.isArray(value)) {
    const kept = value.map((item) => keep(item, state)).filter((item) => item !== undefined);
    return kept.length > 0 ? kept : undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const entries = Object.entries(value).flatMap(([name, child]) => {
    const next = state.below(name);
    const kept = next.places.length > 0 ? keep(child, next) : undefined;
    return kept === undefined ? [] : [[name, kept] as const];
  });
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

function drop(value: unknown, state: State): unknown {
  if (Array.isArray(value)) return value.map((item) => drop(item, state));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, child]) => {
      const next = state.below(name);
      return next.isNamed ? [] : [[name, drop(child, next)]];
    }),
  );
}
