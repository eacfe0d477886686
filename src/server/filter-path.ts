import { patternMatcher } from '../catalogue/index-pattern.ts';
import { changeExactJson } from '../values/exact-json.ts';

/**
 * Elasticsearch's `filter_path`: the parts of a response that a client wants, by dotted paths in which `*` stands for
 * any part of a name and `**` for any names; a leading `-` takes parts away.
 */
export function filterPath(value: unknown, expression: string): unknown {
  const paths = expression.split(',').filter((path) => path !== '');
  const wanted = paths.filter((path) => !path.startsWith('-')).map(split);
  const unwanted = paths.filter((path) => path.startsWith('-')).map((path) => split(path.slice(1)));
  const kept = wanted.length > 0 ? keep(value, wanted) : value;
  const left = unwanted.length > 0 && kept !== undefined ? drop(kept, unwanted) : kept;
  return left ?? {};
}

/** The same on a JSON text, in which every number stays as it is written. */
export const filterText = (text: string | Buffer, expression: string): string =>
  changeExactJson(text.toString(), (value) => filterPath(value, expression));

const split = (path: string): string[] => path.split('.');

/** What is left of patterns below a member of that name, each once; an empty one is fulfilled. */
function below(patterns: readonly string[][], name: string): string[][] {
  const left = new Map<string, string[]>();
  const step = (pattern: string[]): void => {
    const [first, ...rest] = pattern;
    if (first === undefined) return;
    if (first === '**') {
      left.set(pattern.join('.'), pattern);
      step(rest);
    } else if (patternMatcher(first)(name)) left.set(rest.join('.'), rest);
  };
  for (const pattern of patterns) step(pattern);
  return [...left.values()];
}

function keep(value: unknown, patterns: readonly string[][]): unknown {
  if (patterns.some(([first, ...rest]) => first === undefined || (first === '**' && rest.length === 0))) return value;
  if (Array.isArray(value)) {
    const kept = value.map((item) => keep(item, patterns)).filter((item) => item !== undefined);
    return kept.length > 0 ? kept : undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const entries = Object.entries(value).flatMap(([name, child]) => {
    const rest = below(patterns, name);
    const kept = rest.length > 0 ? keep(child, rest) : undefined;
    return kept === undefined ? [] : [[name, kept] as const];
  });
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

function drop(value: unknown, patterns: readonly string[][]): unknown {
  if (Array.isArray(value)) return value.map((item) => drop(item, patterns));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, child]) => {
      const rest = below(patterns, name);
      return rest.some((pattern) => pattern.length === 0) ? [] : [[name, drop(child, rest)]];
    }),
  );
}
