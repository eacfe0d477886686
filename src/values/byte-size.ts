const prefixes = ['', 'k', 'm', 'g', 't'];

/**
 * Reads a size such as `512MB`, `1.5 GiB`, `4g` or a number of bytes, in whole bytes; null for anything else, and for
 * nothing. `kilo`: what a prefix without an i means, 1000 as the engine has it or 1024 as Elasticsearch has it.
 */
export function parseByteSize(text: string, kilo: 1000 | 1024): number | null {
  const [, amount, prefix = '', binary] = /^\s*(\d{1,15}(?:\.\d+)?)\s*(?:([kmgt])(i(?=b))?)?b?\s*$/i.exec(text) ?? [];
  if (amount === undefined) return null;
  const size = Math.round(Number(amount) * (binary ? 1024 : kilo) ** prefixes.indexOf(prefix.toLowerCase()));
  return size > 0 && Number.isSafeInteger(size) ? size : null;
}
