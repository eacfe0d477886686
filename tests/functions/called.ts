const infix = /^(?:[-+*/%<>=!]+|AND|OR)$/;

/** The call of a function or an operator of two sides in ES|QL; null for what is written otherwise. */
export function called(name: string, args: readonly string[]): string | null {
  if (infix.test(name)) return args.length === 2 ? `${args[0]} ${name} ${args[1]}` : null;
  return /^[A-Z_0-9]+$/.test(name) ? `${name}(${args.join(', ')})` : null;
}
