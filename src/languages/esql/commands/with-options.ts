import type { Span } from '../../../diagnostics/source-text.ts';
import type { LiteralValue, WithOption } from '../syntax/ast.ts';
import { readMap } from '../syntax/expressions.ts';
import type { Parser } from '../syntax/parser.ts';
import type { AnalysisContext } from './command.ts';

/** `WITH {"name": value, "other": ["a", "b"]}`, which may be left out. */
export function withOptions(parser: Parser): WithOption[] {
  const options: WithOption[] = [];
  if (!parser.acceptWord('with')) return options;
  readMap(parser, (name, span) => {
    const expression = parser.expression();
    if (expression.kind === 'array') options.push({ name, value: expression.values, span });
    else if (expression.kind === 'literal' && expression.value !== null)
      options.push({ name, value: expression.value, span });
    else parser.fail(`the option [${name}] needs a constant`, expression.span);
  });
  return options;
}

/** Reads the options of a command, and reports those that it does not have or whose values do not fit. */
export class OptionReader {
  #valid = true;

  constructor(
    private readonly command: string,
    private readonly options: readonly WithOption[],
    private readonly context: AnalysisContext,
  ) {}

  /** Whether everything that was read fits. */
  get valid(): boolean {
    return this.#valid;
  }

  boolean(name: string, whenAbsent: boolean): boolean {
    const option = this.#option(name);
    if (!option) return whenAbsent;
    if (typeof option.value === 'boolean') return option.value;
    this.#refuse(`expected a boolean for option [${name}] in ${this.command}`, option.span);
    return whenAbsent;
  }

  text(name: string): { readonly value: string; readonly span: Span } | null {
    const option = this.#option(name);
    if (!option) return null;
    if (typeof option.value === 'string') return { value: option.value, span: option.span };
    this.#refuse(`expected a string for option [${name}] in ${this.command}`, option.span);
    return null;
  }

  /** Some of the values that an option may have; null where it is absent. */
  among<T extends string>(name: string, values: readonly T[]): T[] | null {
    const option = this.#option(name);
    if (!option) return null;
    const asked = [option.value].flat() as readonly LiteralValue[];
    const wrong = asked.find((one) => !values.some((value) => value === one));
    if (wrong !== undefined)
      this.#refuse(
        `unknown value [${wrong}] of option [${name}] in ${this.command}, expected any of [${values.join(', ')}]`,
        option.span,
      );
    return values.filter((value) => asked.includes(value));
  }

  /** Refuses options of other names. */
  refuseOthers(names: readonly string[]): void {
    for (const { name, span } of this.options)
      if (!names.includes(name))
        this.#refuse(`Invalid option [${name}] in ${this.command}, expected one of [${names.join(', ')}]`, span);
  }

  #option(name: string): WithOption | undefined {
    return this.options.findLast((option) => option.name === name);
  }

  #refuse(problem: string, span: Span): void {
    this.#valid = false;
    this.context.report(problem, span);
  }
}
