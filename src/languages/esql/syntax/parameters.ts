import { closestMatches } from '../../../diagnostics/closest-match.ts';
import type { LiteralType, LiteralValue } from './ast.ts';

/** What a parameter stands for: a value or values, a name, or a pattern of names. */
export type Parameter =
  | { readonly kind: 'value'; readonly type: LiteralType; readonly values: readonly LiteralValue[] }
  | { readonly kind: 'identifier' | 'pattern'; readonly text: string };

/** The parameters of a query: by name, or by their place, counted from 1. */
export interface Parameters {
  readonly named: ReadonlyMap<string, Parameter>;
  readonly unnamed: readonly Parameter[];
}

export const noParameters: Parameters = { named: new Map(), unnamed: [] };

/** The parameter that `?name`, `?1` or the n-th `?` means; a text that says what is wrong when there is none. */
export function findParameter(written: string, anonymousBefore: number, parameters: Parameters): Parameter | string {
  const name = written.replace(/^\?\??/, '');
  if (name === '' || /^\d/.test(name)) {
    const position = name === '' ? anonymousBefore + 1 : Number(name);
    const found =
      parameters.unnamed[position - 1] ?? [...parameters.named.values()][name === '' ? Infinity : position - 1];
    if (found) return found;
    const count = parameters.unnamed.length;
    const near =
      count === 0 ? '' : `, did you mean ${count === 1 ? 'position 1' : `any position between 1 and ${count}`}?`;
    return `No parameter is defined for position ${position}${near}`;
  }
  const found = parameters.named.get(name);
  if (found) return found;
  const near = closestMatches(name, [...parameters.named.keys()]);
  const hint =
    near.length === 0 ? '' : `, did you mean ${near.length === 1 ? `[${near[0]}]` : `any of [${near.join(', ')}]`}?`;
  return `Unknown query parameter [${name}]${hint}`;
}

/** Reads the `params` of a request: values, or objects of one name each. Throws an Error that says what is wrong. */
export function readParameters(params: unknown): Parameters {
  if (params === undefined || params === null) return noParameters;
  const wrong = (what: string): Error => new Error(`Failed to parse params: ${what}`);
  if (!Array.isArray(params)) throw wrong('expected an array');
  const named = new Map<string, Parameter>();
  const unnamed: Parameter[] = [];
  const shown = { named: [] as string[], unnamed: [] as string[] };
  for (const item of params as unknown[]) {
    if (typeof item === 'object' && item !== null && !Array.isArray(item)) {
      for (const [name, value] of Object.entries(item)) {
        if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
          throw wrong(
            `[${name}] is not a valid parameter name, a valid parameter name starts with a letter or underscore, and contains letters, digits and underscores only`,
          );
        named.set(name, parameterOf(value, wrong));
        shown.named.push(`{${name}=${String(value)}}`);
      }
    } else {
      unnamed.push(parameterOf(item, wrong));
      shown.unnamed.push(String(item));
    }
  }
  if (named.size > 0 && unnamed.length > 0)
    throw wrong(
      `Params cannot contain both named and unnamed parameters; got [${shown.named.join(', ')}] and [${shown.unnamed.join(', ')}]`,
    );
  return { named, unnamed };
}

function parameterOf(value: unknown, wrong: (what: string) => Error): Parameter {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const entries = Object.entries(value);
    const [kind, content] = entries[0] ?? ['', undefined];
    if (entries.length === 1 && kind === 'value') return parameterOf(content, wrong);
    if (entries.length === 1 && (kind === 'identifier' || kind === 'pattern') && typeof content === 'string')
      return { kind, text: content };
    throw wrong(
      `${JSON.stringify(value)} is not supported as a parameter: expected a value, an identifier or a pattern`,
    );
  }
  const literals = [value].flat().map((item) => literalOf(item, wrong));
  const types = [...new Set(literals.map(({ type }) => type))];
  const ranks: LiteralType[] = ['integer', 'long', 'unsigned_long', 'double'];
  if (types.length > 1 && !types.every((type) => ranks.includes(type)))
    throw wrong('the values of a list must be of one kind');
  const type = types.length > 1 ? ranks.filter((rank) => types.includes(rank)).at(-1)! : (types[0] ?? 'null');
  const values = literals.map((literal) => (type === 'double' ? Number(literal.value) : literal.value));
  return { kind: 'value', type, values };
}

function literalOf(value: unknown, wrong: (what: string) => Error): { type: LiteralType; value: LiteralValue } {
  switch (typeof value) {
    case 'string':
      return { type: 'keyword', value };
    case 'boolean':
      return { type: 'boolean', value };
    case 'bigint':
      return value === BigInt.asIntN(64, value)
        ? { type: 'long', value }
        : value === BigInt.asUintN(64, value)
          ? { type: 'unsigned_long', value }
          : { type: 'double', value: Number(value) };
    case 'number':
      if (!Number.isInteger(value)) return { type: 'double', value };
      return { type: value === (value | 0) ? 'integer' : 'long', value: BigInt(value) };
    default:
      if (value === null) return { type: 'null', value: null };
      throw wrong(`${JSON.stringify(value)} is not supported as a parameter`);
  }
}
