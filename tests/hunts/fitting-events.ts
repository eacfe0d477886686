import fc from 'fast-check';
import { ecsFields } from '../../src/catalogue/ecs-fields.ts';
import { CompiledQuery } from '../../src/languages/esql/compiled-query.ts';
import type { ProcessingCommand, Query, SyntaxExpression } from '../../src/languages/esql/syntax/ast.ts';
import { expressionsOf, indexPatterns, operandsOf } from '../../src/languages/esql/syntax/walk.ts';
import { numbers } from './odd-events.ts';

/*
 * Events that queries nobody here has tried may find: most of them fulfil what a query asks of single events before it
 * aggregates any, with few values for each other field that it names, so that there are groups of many sizes.
 * Deterministic.
 */

type Dice = (below: number) => number;
type Value = string | number | boolean;

/** Events for a query, as documents; none for a text that is no query of indices. */
export async function fittingEvents(text: string, count: number, seed: number, now: number): Promise<object[]> {
  const { query } = new CompiledQuery(text).parsed;
  const streams = query ? indexPatterns(query).flatMap(streamOf) : [];
  if (!query || streams.length === 0) return [];
  const types = new Map((await ecsFields()).map(({ name, type }) => [name, type]));
  const dice = numbers(seed);
  const asked = new Asked(query, types, dice);
  return Array.from({ length: count }, () => {
    const fields = asked.fields();
    return Object.fromEntries<unknown>([
      ...fields,
      ['@timestamp', new Date(now - dice(6 * 86_400) * 1000 - dice(1000)).toISOString()],
      ['data_stream', streams[dice(streams.length)]],
    ]);
  });
}

/** A data stream that a pattern fits; none where streams have no such names. */
function streamOf(pattern: string): object[] {
  const [type, dataset, namespace] = pattern.replace(/-?\*$/, '').split('-');
  if (pattern.startsWith('-') || !dataset || /[*?]/.test(dataset)) return [];
  return [{ type, dataset: dataset.replace(/\.$/, ''), namespace: namespace || 'default' }];
}

/** What a query asks of its events. */
class Asked {
  readonly #commands: readonly ProcessingCommand[];
  readonly #names: readonly string[];
  /** What the query computes, by name. */
  readonly #made = new Map<string, SyntaxExpression>();

  constructor(
    { pipeline }: Query,
    private readonly types: ReadonlyMap<string, string>,
    private readonly dice: Dice,
  ) {
    const end = pipeline.findIndex(({ command }) => command === 'stats');
    this.#commands = end < 0 ? pipeline : pipeline.slice(0, end + 1);
    for (const command of this.#commands) {
      const named = command.command === 'eval' ? command.fields : command.command === 'stats' ? command.groupings : [];
      for (const { name, expression } of named) if (expression.kind !== 'name') this.#made.set(name, expression);
    }
    const names = this.#commands.flatMap(expressionsOf).flatMap(namesIn);
    this.#names = [...new Set(names)].filter((name) => !this.#made.has(name) && !/[`*]|^[_@]/.test(name));
  }

  /** The fields of an event that fulfils the conditions, or one of them not. */
  fields(): Map<string, Value> {
    const { dice } = this;
    const found = new Map<string, Value>();
    for (const name of this.#names) if (dice(30) > 0) found.set(name, this.#any(name));
    for (const command of this.#commands)
      if (command.command === 'where' && dice(25) > 0) this.#fulfil(command.condition, found);
    for (const command of this.#commands) {
      const pattern = command.command === 'dissect' ? command.pattern : null;
      const name = command.command === 'dissect' ? this.#fieldOf(command.value) : null;
      if (pattern === null || name === null) continue;
      const part = (key: string): Value => found.get(key) ?? `part${dice(3)}`;
      found.set(
        name,
        pattern.replace(/%\{[?+*&]*([^}/-]*)[^}]*\}/g, (_, key: string) => String(part(key))),
      );
    }
    // A name cannot be a field and have others below it.
    const names = [...found.keys()];
    for (const name of names) if (names.some((other) => other.startsWith(`${name}.`))) found.delete(name);
    return found;
  }

  #any(name: string): Value {
    const { dice } = this;
    switch (this.types.get(name)) {
      case 'ip':
        return dice(3) === 0 ? `10.0.0.${dice(9)}` : `185.220.101.${dice(12)}`;
      case 'long':
      case 'float':
      case 'scaled_float':
        return dice(20) === 0 ? 1_200_000_000 : dice(4) === 0 ? dice(60_000) : dice(12);
      case 'date':
        return new Date(Date.UTC(2026, 2, 1 + dice(9), dice(24))).toISOString();
      case 'boolean':
        return dice(2) === 0;
      default:
        // Few values that are common, and many that are rare.
        return `${name.split('.').at(-1)}-${dice(3) > 0 ? dice(3) : dice(400)}`;
    }
  }

  /** The field that an expression is made of; null for anything that has none. */
  #fieldOf(expression: SyntaxExpression, depth = 0): string | null {
    if (depth > 8) return null;
    if (expression.kind !== 'name') {
      const inside = operandsOf(expression).map((part) => this.#fieldOf(part, depth + 1));
      return inside.find((name) => name !== null) ?? null;
    }
    const made = this.#made.get(expression.name);
    return made ? this.#fieldOf(made, depth + 1) : expression.name;
  }

  #fulfil(condition: SyntaxExpression, found: Map<string, Value>): void {
    const put = (of: SyntaxExpression, value: Value | null): void => {
      const name = this.#fieldOf(of);
      if (name === null || name.startsWith('@') || value === null) return;
      const isOther = this.types.get(name) === 'ip' || this.types.get(name) === 'date';
      if (!isOther || !/[*/]/.test(String(value))) found.set(name, value);
    };
    const pick = <T>(items: readonly T[]): T => items[this.dice(items.length)]!;
    switch (condition.kind) {
      case 'binary': {
        const { operator, left, right } = condition;
        const turned = literalOf(left) !== null;
        const value = literalOf(turned ? left : right);
        if (operator === 'and') for (const part of [left, right]) this.#fulfil(part, found);
        else if (operator === 'or') this.#fulfil(pick([left, right]), found);
        else if (operator === '==') put(turned ? right : left, value);
        else if (typeof value === 'number' && !/[!]/.test(operator)) {
          const isMore = operator.startsWith('>') !== turned;
          const isLength = [left, right].some((side) => side.kind === 'call' && /length/i.test(side.name));
          const wanted = Math.max(
            0,
            Math.round(isMore ? value * (1 + this.dice(9) / 3) + 1 : value - 1 - this.dice(3)),
          );
          put(turned ? right : left, isLength ? 'x'.repeat(Math.min(wanted, 5000)) : wanted);
        }
        return;
      }
      case 'in':
        put(condition.value, literalOf(pick(condition.list)));
        return;
      case 'like': {
        const pattern = String(literalOf(pick(condition.patterns)) ?? '');
        put(condition.value, condition.flavour === 'LIKE' ? this.#like(pattern) : matching(pattern, this.dice(99)));
        return;
      }
      case 'isNull': {
        const name = this.#fieldOf(condition.value);
        if (!condition.negated && name !== null) found.delete(name);
        return;
      }
      case 'call': {
        const [value, ...others] = condition.args;
        const text = others.length > 0 ? literalOf(pick(others)) : null;
        if (value && typeof text === 'string')
          put(value, /^starts/i.test(condition.name) ? `${text}${this.dice(4)}` : text);
        return;
      }
      default:
    }
  }

  #like(pattern: string): string {
    return pattern.replace(
      /\\([\\*?])|\*|\?/g,
      (wildcard, escaped?: string) => escaped ?? (wildcard === '?' ? 'q' : `w${this.dice(5)}`),
    );
  }
}

const namesIn = (expression: SyntaxExpression): string[] =>
  expression.kind === 'name' ? [expression.name] : operandsOf(expression).flatMap(namesIn);

function literalOf(expression: SyntaxExpression): Value | null {
  if (expression.kind !== 'literal' || expression.value === null) return null;
  return typeof expression.value === 'bigint' ? Number(expression.value) : expression.value;
}

/** A text that a pattern fits; null for patterns that JavaScript has not. */
function matching(pattern: string, seed: number): string | null {
  try {
    const whole = new RegExp(`^(?:${pattern.replace(/\.\*/g, '[a-z ]{0,4}')})$`);
    return fc.sample(fc.stringMatching(whole), { numRuns: 1, seed })[0]!;
  } catch {
    return null;
  }
}
