/** A JSON text over several lines, as `?pretty` gives it: two spaces a level, and a space on either side of a colon. */
export function prettyJson(text: string): string {
  let out = '';
  let indent = '';
  const tokens = text.match(/"(?:\\.|[^"\\])*"|[[{]\s*[\]}]|[[\]{},:]|[^\s[\]{},:"]+/g) ?? [];
  for (const token of tokens) {
    if (token === '{' || token === '[') {
      indent += '  ';
      out += `${token}\n${indent}`;
    } else if (token === '}' || token === ']') {
      indent = indent.slice(2);
      out += `\n${indent}${token}`;
    } else if (token === ',') out += `,\n${indent}`;
    else if (token === ':') out += ' : ';
    else out += /^[[{]/.test(token) ? `${token[0]} ${token.at(-1)}` : token;
  }
  return `${out}\n`;
}
