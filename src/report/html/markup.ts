import type { VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { own } from '../../values/own.ts';
import { visible } from '../../values/visible.ts';

/** Markup that is safe to write. The class stays in this file, so that nothing but the functions here makes it. */
class Markup {
  constructor(readonly text: string) {}
}
export type Html = Markup;

/** What may stand in a hole of the `html` tag; nothing is written for null and false. */
export type Hole = Html | string | number | bigint | null | false | readonly Hole[];

/**
 * Makes markup of a template. Every hole is escaped unless it is markup itself, so a value can become neither a tag nor
 * leave its attribute, which must be in double quotes. Control characters and marks that turn the direction of writing
 * are shown instead of obeyed; line breaks and tabs stay.
 */
export function html(strings: TemplateStringsArray, ...holes: readonly Hole[]): Html {
  let out = strings[0]!;
  for (let i = 0; i < holes.length; i++) out += written(holes[i]!) + strings[i + 1]!;
  return new Markup(out);
}

function written(hole: Hole): string {
  if (hole === null || hole === false) return '';
  if (hole instanceof Markup) return hole.text;
  if (Array.isArray(hole)) return hole.map(written).join('');
  return escaped(String(hole));
}

const special: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const harmless = /^[\w .,:;/\\|=+*()[\]@#%-]*$/;

function escaped(text: string): string {
  if (harmless.test(text)) return text;
  return shown(text).replace(/[&<>"']/g, (character) => own(special, character)!);
}

/** A text of several lines with what cannot be seen made visible. */
const shown = (text: string): string =>
  text
    .replaceAll('\r\n', '\n')
    .split(/([\n\t])/)
    .map((part) => (part === '\n' || part === '\t' ? part : visible(part)))
    .join('');

/** A link, if the address is one of the web; anything else, `javascript:` above all, stays text. */
export function link(address: string, text: Hole = address): Html {
  if (!/^https?:\/\/[^\s]+$/i.test(address) || !URL.canParse(address)) return html`${text}`;
  return html`<a href="${address}" rel="noopener noreferrer">${text}</a>`;
}

/** A part that pages share, as markup: its texts are escaped as it is rendered. What cannot be seen is made visible by the part. */
export const drawn = (part: VNode): Html => new Markup(renderToString(part));

/** Data for a script of the page. Not executed, and no `<` in it, so nothing in it can end the block. */
export const dataBlock = (data: unknown): Html =>
  new Markup(`<script type="application/json">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>`);

/** A script or style sheet of ours in the page. It must not hold what would end its element. */
export function inline(element: 'script' | 'style', code: string): Html {
  if (/<\/(?:script|style)|<!--/i.test(code)) throw new RangeError(`this ${element} cannot stand in a page`);
  return new Markup(`<${element}>${code}</${element}>`);
}
