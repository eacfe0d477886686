import { escaped } from './escape.mjs';

const policy =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'";

/** A whole page: the menu of all pages, the search, and the text. `to` gives the way to a page or file from here. */
export const layout = ({ path, page, menu, to }) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${path === 'README.md' ? 'Harrier' : `${escaped(page.title)} - Harrier`}</title>
<link rel="stylesheet" href="${to('site.css')}">
<link rel="icon" href="data:,">
<script src="${to('site.js')}" defer></script>
</head>
<body>
<a class="skip" href="#main">Skip to the text</a>
<header>
<a class="brand" href="${to('README.md')}">Harrier</a>
<div class="search" data-index="${to('search-index.js')}" data-root="${to('README.md').replace(/index\.html$/, '')}" hidden>
<input type="search" placeholder="Search" aria-label="Search the documentation" autocomplete="off" spellcheck="false">
<ol class="found" hidden></ol>
</div>
</header>
<div class="frame">
<nav aria-label="Pages"><details open><summary>Pages</summary>
${menu.map(({ title, pages }) => group(title, pages, path, to)).join('')}</details></nav>
<main id="main">
${page.body}</main>
</div>
</body>
</html>
`;

const group = (title, pages, path, to) => `<h2>${escaped(title)}</h2>
<ul>
${pages
  .map(
    (one) =>
      `<li><a href="${to(one.path)}"${one.path === path ? ' aria-current="page"' : ''}>${escaped(one.title)}</a></li>\n`,
  )
  .join('')}</ul>
`;
