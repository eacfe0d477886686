import { type Html, html } from './markup.ts';

/** What stands out in ES|QL: comments, texts, numbers and parameters, pipes, and words in capitals. */
const tokens =
  /(?<comment>\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<string>"""[\s\S]*?(?:"""|$)|"(?:\\.|[^"\\\n])*"?)|(?<quoted>`[^`\n]*`?)|(?<number>\b\d[\d_.]*(?:[eE][+-]?\d+)?\b|\?\w*)|(?<pipe>\|)|(?<keyword>\b[A-Z][A-Z_0-9]+\b)/g;

/** A query in its own words, lightly coloured. Names between backticks are left plain. */
export function queryText(text: string): Html {
  const parts: Html[] = [];
  let at = 0;
  for (const match of text.matchAll(tokens)) {
    parts.push(html`${text.slice(at, match.index)}`);
    const kind = Object.entries(match.groups!).find(([, found]) => found !== undefined)![0];
    parts.push(kind === 'quoted' ? html`${match[0]}` : html`<span class="${kind}">${match[0]}</span>`);
    at = match.index + match[0].length;
  }
  return html`${parts}${text.slice(at)}`;
}
