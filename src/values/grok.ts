import { grokPatterns } from './grok-patterns.ts';
import { keepingWhatTheyTook, withInlineFlags } from './java-regex.ts';
import { own } from './own.ts';

/** What GROK makes of a matched text: `%{NUMBER:n:int}`. */
export type GrokType = 'keyword' | 'int' | 'long' | 'float' | 'double' | 'boolean';

export interface CompiledGrok {
  readonly expression: RegExp;
  /** The columns, each once; `several` where the pattern names it more than once. */
  readonly fields: readonly { readonly name: string; readonly type: GrokType; readonly several: boolean }[];
  /** For each group of the expression the column that it belongs to. */
  readonly groups: ReadonlyMap<string, string>;
}

const types = new Set(['int', 'long', 'float', 'double', 'boolean']);
/** Patterns refer to patterns no deeper than this: a circle would never end. */
const deepest = 30;
const cache = new Map<string, CompiledGrok | string>();

/** Compiles a pattern; a text says what is wrong with it. */
export function compileGrok(pattern: string): CompiledGrok | string {
  const known = cache.get(pattern);
  if (known !== undefined) return known;
  if (cache.size > 500) cache.clear();
  const made = compileGrokWith(pattern);
  cache.set(pattern, made);
  return made;
}

class GrokError extends Error {}

/**
 * Compiles a pattern; a text says what is wrong with it. What `instead` gives for a name of the dictionary stands in the
 * place of its pattern.
 */
export function compileGrokWith(
  pattern: string,
  instead: (syntax: string) => string | undefined = () => undefined,
): CompiledGrok | string {
  const groups = new Map<string, string>();
  const fields = new Map<string, { type: GrokType; count: number }>();
  const field = (name: string, type: GrokType): string => {
    const found = fields.get(name);
    if (found && found.type !== type)
      throw new GrokError(`the attribute [${name}] is defined multiple times with different types`);
    fields.set(name, { type, count: (found?.count ?? 0) + 1 });
    const group = `g${groups.size}`;
    groups.set(group, name);
    return group;
  };
  const expand = (source: string, depth: number): string => {
    if (depth > deepest) throw new GrokError('circular reference in pattern');
    return source.replace(/%\{(\w+)(?::([^:}]+))?(?::(\w+))?\}/g, (_, syntax: string, name?: string, type?: string) => {
      const inner = instead(syntax) ?? grokPatterns.get(syntax);
      if (inner === undefined) throw new GrokError(`Unable to find pattern [${syntax}] in Grok's pattern dictionary`);
      if (type !== undefined && !types.has(type)) throw new GrokError(`No enum constant for the type [${type}]`);
      if (name === undefined) return `(?:${expand(inner, depth + 1)})`;
      const group = field(plainName(name), (type ?? 'keyword') as GrokType);
      return `(?<${group}>${expand(inner, depth + 1)})`;
    });
  };
  try {
    // Groups that the person named get names that JavaScript takes.
    const named = pattern.replace(
      /\(\?<(?![=!])([^>]+)>/g,
      (_, name: string) => `(?<${field(plainName(name), 'keyword')}>`,
    );
    const { source, flags } = fromOniguruma(withInlineFlags(expand(named, 0)));
    return {
      expression: new RegExp(source, `${flags}u`),
      fields: [...fields].map(([name, { type, count }]) => ({ name, type, several: count > 1 })),
      groups,
    };
  } catch (error) {
    return (error as Error).message;
  }
}

/** `[process][name]` is `process.name`. */
const plainName = (name: string): string =>
  name.startsWith('[') ? name.replace(/^\[|\]$/g, '').replaceAll('][', '.') : name;

const posix: Readonly<Record<string, string>> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  digit: '0-9',
  space: '\\s',
  upper: 'A-Z',
  lower: 'a-z',
  punct: '!-\\/:-@\\[-`\\{-~',
  xdigit: '0-9A-Fa-f',
  word: '\\w',
};

/** Oniguruma's syntax where JavaScript's differs. */
function fromOniguruma(expression: string): { source: string; flags: string } {
  let flags = 's';
  let source = expression;
  const inline = /^\(\?([imx]+)\)/.exec(source);
  if (inline) {
    if (inline[1]!.includes('i')) flags += 'i';
    source = source.slice(inline[0].length);
  }
  source = source
    .replace(/\[:(\w+):\]/g, (whole, name: string) => own(posix, name) ?? whole)
    .replace(/\\([\s\S])/g, (whole, character: string) => {
      if (character === 'A') return '(?<![\\s\\S])';
      if (character === 'z' || character === 'Z') return '(?![\\s\\S])';
      if (character === 'h') return '[0-9A-Fa-f]';
      // With the u flag JavaScript takes an escape of punctuation only where it means something.
      if (/[^\w\s^$.*+?()[\]{}|/\\-]/.test(character)) return character;
      return /[eaoyjqilmEGIJLMNOQRTUVXYCFHZ_]/.test(character) ? character : whole;
    });
  source = source.replace(/(^|[^\\])\{(?![\d,]+\})/g, '$1\\{');
  return { source: keepingWhatTheyTook(source), flags };
}

interface GrokCall {
  readonly patterns: readonly string[];
  readonly names: readonly string[];
}
const calls = new Map<string, GrokCall>();

/** The values of the columns in a text as JSON (a list for each column); null when no pattern fits. */
export function grok(callText: string, value: string): string | null {
  let call = calls.get(callText);
  if (!call) {
    if (calls.size > 500) calls.clear();
    call = JSON.parse(callText) as GrokCall;
    calls.set(callText, call);
  }
  for (const pattern of call.patterns) {
    const compiled = compileGrok(pattern);
    if (typeof compiled === 'string') continue;
    const found = compiled.expression.exec(value);
    if (!found) continue;
    const byName = new Map<string, string[]>(call.names.map((name) => [name, []]));
    for (const [group, name] of compiled.groups) {
      const text = own(found.groups ?? {}, group);
      if (text !== undefined) byName.get(name)!.push(text);
    }
    return JSON.stringify([...byName.values()]);
  }
  return null;
}
