// Makes a site of the pages of docs/, README and the other papers of the project: links between them lead to pages, what they
// link to beside pages is copied, and nothing is fetched from elsewhere.
//
//   npm run docs [-- --out FOLDER]
import { copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, posix, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { layout } from './layout.mjs';
import { render } from './render.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({ options: { out: { type: 'string', default: join(root, 'site') } } });
const out = resolve(values.out);

/** Groups of the navigation, with the pages that stand first in each; the others follow by name. */
const groups = [
  { title: 'Start', first: ['README.md', 'docs/tutorial.md', 'docs/questions.md'], fits: () => false },
  {
    title: 'Guides',
    first: ['hunting', 'hunts', 'workbench', 'formats', 'mappings', 'joins', 'clusters', 'server', 'operations'].map(
      (name) => `docs/${name}.md`,
    ),
    fits: (path) => /^docs\/[^/]+$/.test(path),
  },
  { title: 'ES|QL', first: ['docs/esql/README.md'], fits: (path) => path.startsWith('docs/esql/') },
  { title: 'Hunts', first: ['hunts/README.md'], fits: () => false },
  {
    title: 'Project',
    first: ['CHANGELOG.md', 'SECURITY.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md'],
    fits: () => false,
  },
  { title: 'Decisions', first: [], fits: (path) => path.startsWith('docs/decisions/') },
];

const named = groups.flatMap(({ first }) => first);
const found = (await readdir(join(root, 'docs'), { recursive: true }))
  .map((name) => posix.join('docs', name.replaceAll('\\', '/')))
  .filter((path) => path.endsWith('.md'))
  .sort();
const paths = [...new Set([...named, ...found])];
const texts = new Map();
for (const path of paths) texts.set(path, await readFile(join(root, path), 'utf8'));

/** Where a page stands in the site: a README is the page of its folder. */
const addressOf = (path) => path.replace(/README\.md$/, 'index.html').replace(/\.md$/, '.html');
const copied = new Set();

/** What a link of a page leads to in the site; null where that is nothing that the site can show. */
async function resolveLink(from, href) {
  if (/^[a-z][a-z\d+.-]*:/i.test(href)) return href;
  const [path, anchor] = href.split('#');
  const hash = anchor === undefined ? '' : `#${anchor}`;
  if (path === '') return hash;
  const target = posix.normalize(posix.join(posix.dirname(from), path)).replace(/\/$/, '');
  const page = [target, `${target}/README.md`].find((one) => texts.has(one));
  if (page) return relative(from, addressOf(page)) + hash;
  const kind = await stat(join(root, target)).catch(() => null);
  if (kind === null) throw new Error(`${from} links to ${href}, which is not there`);
  if (!kind.isFile()) return null;
  copied.add(target);
  return relative(from, target) + hash;
}

const relative = (from, to) => posix.relative(posix.dirname(addressOf(from)), to);

await rm(out, { recursive: true, force: true });
const pages = new Map();
for (const [path, text] of texts) pages.set(path, await render(text, (href) => resolveLink(path, href)));
const menu = groups.map(({ title, first, fits }) => ({
  title,
  pages: [...first, ...paths.filter((path) => fits(path) && !named.includes(path))].map((path) => ({
    path,
    title: path === 'README.md' ? 'Overview' : pages.get(path).title,
  })),
}));
const left = paths.filter((path) => !menu.some((group) => group.pages.some((page) => page.path === path)));
if (left.length > 0) throw new Error(`no group has ${left.join(', ')}`);
for (const [path, page] of pages) {
  const to = (other) => relative(path, texts.has(other) ? addressOf(other) : other);
  await write(addressOf(path), layout({ path, page, menu, to }));
}
const sections = [...pages].flatMap(([path, { title, sections }]) =>
  sections.map(({ id, heading, text }) => [addressOf(path), title, id, heading, text]),
);
await write('search-index.js', `globalThis.sections = ${JSON.stringify(sections)};\n`);
for (const name of ['site.css', 'site.js']) {
  await mkdir(out, { recursive: true });
  await copyFile(new URL(name, import.meta.url), join(out, name));
}
for (const name of copied) {
  await mkdir(dirname(join(out, name)), { recursive: true });
  await copyFile(join(root, name), join(out, name));
}
console.log(`${pages.size} pages in ${out}`);

async function write(name, text) {
  await mkdir(dirname(join(out, name)), { recursive: true });
  await writeFile(join(out, name), text);
}
