import { type Assets, contentSecurityPolicy } from './assets.ts';
import { type Html, html, inline } from './markup.ts';

const wings = 'M1 13C8 5 13 5 16 12 19 5 24 5 31 13 25 10 20 13 16 24 12 13 7 10 1 13Z';

/** The sign on the browser's tab, so that none is asked for. */
const icon = `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#0f766e" d="${wings}"/></svg>`)}`;

/** The top of a page in one file, up to its body: it fetches nothing, and obeys this style and these scripts alone. */
export const documentHead = (title: string, style: Assets['style'], scripts: readonly string[]): Html =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy(style, scripts)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title} - Harrier</title>
<link rel="icon" href="${icon}">
${inline('style', style)}
</head>
<body>
<a class="skip" href="#main">Skip to the results</a>
`;

/** Who made the page. */
export const brand = (version: string | null): Html =>
  html`<p class="brand"><svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true"><path d="${wings}"/></svg> Harrier${version !== null && html` <span class="muted">${version}</span>`}</p>`;
