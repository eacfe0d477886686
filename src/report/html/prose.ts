import { type Html, html } from './markup.ts';

/** What an author wrote, as paragraphs; words between backticks are code. Links in it stay text. */
export function prose(text: string): Html[] {
  return text
    .trim()
    .split(/\n\s*\n/)
    .filter((paragraph) => paragraph !== '')
    .map((paragraph) => html`<p>${phrase(paragraph)}</p>`);
}

/** One phrase: white space as in running text. */
export function phrase(text: string): Html[] {
  return text
    .replace(/\s+/g, ' ')
    .trim()
    .split(/(`[^`]+`)/)
    .map((part) => (/^`[^`]+`$/.test(part) ? html`<code>${part.slice(1, -1)}</code>` : html`${part}`));
}

/** `2026-03-10 12:00:00 UTC`. */
export function timeText(time: Date | number): Html {
  const iso = new Date(time).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')} UTC</time>`;
}

/** A command line or a query that can be taken away whole. */
export const code = (text: Html | string, kind = 'command'): Html =>
  html`<div class="code ${kind}"><pre><code>${text}</code></pre><button class="js-only copy" type="button">Copy</button></div>`;
