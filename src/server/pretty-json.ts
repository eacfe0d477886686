/** A JSON text over several lines, as `?pretty` gives it, in parts: two spaces a level, a space on either side of a colon. */
export function* prettyJson(text: string): Generator<string> {
  let indent = '';
  for (const [token] of text.matchAll(/"(?:\\.|[^"\\])*"|[[{]\s*[\]}]|[[\]{},:]|[^\s[\]{},:"]+/g)) {
    if (token === '{' || token === '[') {
      indent += '  ';
      yield `${token}\n${indent}`;
    } else if (token === '}' || token === ']') {
      indent = indent.slice(2);
      yield `\n${indent}${token}`;
    } else if (token === ',') yield `,\n${indent}`;
    else if (token === ':') yield ' : ';
    else yield /^[[{]/.test(token) ? `${token[0]} ${token.at(-1)}` : token;
  }
  yield '\n';
}
