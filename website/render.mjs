import { Marked, Renderer } from 'marked';
import { escaped } from './escape.mjs';

/** A page as markup, with its title and its sections for the search. `resolve` gives the address of a link, or null. */
export async function render(text, resolve) {
  const ids = new Map();
  const sections = [{ id: '', heading: '', text: [] }];
  let title = null;
  const marked = new Marked({
    async: true,
    async walkTokens(token) {
      if (token.type === 'link' || token.type === 'image') token.address = await resolve(token.href);
    },
    renderer: {
      heading({ tokens, depth }) {
        const plain = textOf(tokens);
        title ??= plain;
        const id = freshId(slug(plain), ids);
        return `<h${depth} id="${id}">${this.parser.parseInline(tokens)} <a class="anchor" href="#${id}" aria-label="Link to this section">#</a></h${depth}>\n`;
      },
      link({ tokens, address }) {
        const inner = this.parser.parseInline(tokens);
        return address === null ? inner : `<a href="${escaped(address)}">${inner}</a>`;
      },
      image: ({ address, text }) => `<img src="${escaped(address)}" alt="${escaped(text)}" loading="lazy">`,
      html: ({ text: raw }) => escaped(raw),
      table(token) {
        return `<div class="scroll" tabindex="0">${Renderer.prototype.table.call(this, token)}</div>\n`;
      },
      code: ({ text: code, lang }) =>
        `<pre tabindex="0"><code${lang ? ` class="language-${escaped(lang)}"` : ''}>${escaped(code)}\n</code></pre>\n`,
    },
  });
  const body = await marked.parse(text);
  // The same ids once more, for the sections that they begin.
  const again = new Map();
  for (const token of marked.lexer(text)) {
    if (token.type === 'heading') {
      const heading = textOf(token.tokens);
      sections.push({ id: freshId(slug(heading), again), heading, text: [] });
    } else sections.at(-1).text.push(token.raw);
  }
  return {
    title,
    body,
    sections: sections
      .map((section) => ({ ...section, text: section.text.join(' ').replace(/\s+/g, ' ').trim() }))
      .filter(({ heading, text }) => heading !== '' || text !== ''),
  };
}

/** The words of inline tokens, without their marks. */
const textOf = (tokens) => tokens.map((token) => (token.tokens ? textOf(token.tokens) : (token.text ?? ''))).join('');

/** The name of a heading in links, as GitHub gives it. */
const slug = (heading) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');

function freshId(id, taken) {
  const times = taken.get(id) ?? 0;
  taken.set(id, times + 1);
  return times === 0 ? id : `${id}-${times}`;
}
