import { type Attack, attackPage } from '../hunts/attack.ts';
import type { HuntQuery } from '../hunts/hunt.ts';
import type { ListedHunt } from '../hunts/search.ts';
import { visible } from '../values/visible.ts';
import { harmless } from './markdown.ts';

/** A hunt as a Markdown page. Nothing in it can become markup, HTML or a link but to http and https. */
export function* huntPage({ hunt, facets }: ListedHunt, attack: Attack | null): Iterable<string> {
  yield `# ${harmless(hunt.name)}\n\n`;
  if (hunt.description) yield `${harmless(oneLine(hunt.description))}\n\n`;
  const facts: [string, readonly (string | null)[]][] = [
    ['UUID', [hunt.uuid]],
    ['Author', [hunt.author]],
    ['Platforms', facets.platforms],
    ['Data sources', hunt.integration],
    ['Indices', facets.indices],
    ['Languages', hunt.language],
    ['License', [hunt.license]],
  ];
  for (const [name, values] of facts) {
    const there = values.filter((value) => value !== null);
    if (there.length > 0) yield `- **${name}:** ${there.map(harmless).join(', ')}\n`;
  }
  yield* section(
    'ATT\\&CK',
    hunt.mitre.map((id) => techniqueLink(id, attack)),
  );
  const queries = [...hunt.queries, ...(hunt.otherQueries ?? [])];
  for (const [i, query] of queries.entries()) {
    yield `\n## ${queries.length > 1 ? `Query ${i + 1}` : 'Query'}\n\n${fenced(query, hunt.queries.includes(query))}`;
  }
  yield* section(
    'Notes',
    hunt.notes.map((note) => harmless(oneLine(note))),
  );
  yield* section(
    'References',
    hunt.references.map((reference) => link(reference, reference)),
  );
}

function* section(title: string, items: readonly string[]): Iterable<string> {
  if (items.length === 0) return;
  yield `\n## ${title}\n\n`;
  for (const item of items) yield `- ${item}\n`;
}

const oneLine = (text: string): string => text.trim().replace(/\s+/g, ' ');

/** A technique with its name, where it is known, and its page. */
export function techniqueLink(id: string, attack: Attack | null): string {
  const name = attack?.name(id);
  const page = attackPage(id);
  const text = name ? `${id} ${name}` : id;
  return page === null ? harmless(text) : `[${harmless(text)}](${page})`;
}

/** A link, if the address is one of the web; else plain text. */
export function link(text: string, address: string): string {
  const url = webAddress(address);
  return url === null ? harmless(text) : `[${harmless(text)}](<${url}>)`;
}

function webAddress(address: string): string | null {
  if (!/^https?:\/\//i.test(address.trim())) return null;
  try {
    const { protocol, href } = new URL(address.trim());
    // What is left of characters that end a link or a cell of a table.
    return /^https?:$/.test(protocol) ? href.replace(/[<>\\|`\s]/g, (one) => encodeURIComponent(one)) : null;
  } catch {
    return null;
  }
}

/** A query in a fence longer than any in it, with everything hidden made visible. */
function fenced({ text }: HuntQuery, isEsql: boolean): string {
  const code = codeLines(text).join('\n');
  const longest = Math.max(2, ...[...code.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${isEsql ? 'esql' : ''}\n${code}\n${fence}\n`;
}

/** The lines of a query, without blank ones around it. */
export function codeLines(text: string): string[] {
  const lines = text.split(/\r\n|\r|\n/).map((line) => visible(line.replaceAll('\t', '    ')).trimEnd());
  while (lines.at(-1) === '') lines.pop();
  while (lines[0] === '') lines.shift();
  return lines;
}
