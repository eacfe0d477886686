import pc from 'picocolors';
import { type Attack, attackPage } from '../hunts/attack.ts';
import type { ListedHunt } from '../hunts/search.ts';
import { visible } from '../values/visible.ts';
import type { Surface } from './report.ts';
import { textWidth } from './text-width.ts';

/** Everything about a hunt, for people. */
export function* huntText(
  { hunt, facets }: ListedHunt,
  attack: Attack | null,
  { width, colour }: Surface,
): Iterable<string> {
  const colours = pc.createColors(colour);
  yield `${colours.bold(visible(hunt.name))}\n`;
  const facts: [string, readonly (string | null)[]][] = [
    ['uuid', [hunt.uuid]],
    ['file', [hunt.file]],
    ['author', [hunt.author]],
    ['platforms', facets.platforms],
    ['data sources', hunt.integration],
    ['indices', facets.indices],
    ['languages', hunt.language],
    ['license', [hunt.license]],
  ];
  for (const [name, values] of facts) {
    const there = values.filter((value) => value !== null);
    if (there.length > 0) yield `  ${colours.dim(name.padEnd(12))}  ${there.map(visible).join(', ')}\n`;
  }
  const title = (name: string): string => `\n${colours.cyan(name)}\n`;
  if (hunt.description) {
    yield title('description');
    yield* paragraph(hunt.description, '  ', width);
  }
  if (hunt.mitre.length > 0) yield title('techniques');
  for (const id of hunt.mitre) {
    const parts = [
      visible(id),
      visible(attack?.name(id) ?? ''),
      tacticNames(id, attack),
      colours.dim(attackPage(id) ?? ''),
    ];
    yield `  ${parts.filter((part) => part !== '').join('  ')}\n`;
  }
  const queries = [...hunt.queries, ...(hunt.otherQueries ?? [])];
  for (const [i, query] of queries.entries()) {
    const other = hunt.queries.includes(query) ? '' : ' (not ES|QL: Harrier does not run it)';
    yield title(`query${queries.length > 1 ? ` ${i + 1}` : ''}${other}`);
    yield* numbered(query.text, query.line, colours);
  }
  yield* list('notes', hunt.notes, title, width);
  yield* list('references', hunt.references, title, null);
}

/** The lines of a query with their numbers in the file. */
function* numbered(text: string, first: number, colours: ReturnType<typeof pc.createColors>): Iterable<string> {
  const lines = text.split(/\r\n|\r|\n/);
  const digits = String(first + lines.length).length;
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '' && (i === 0 || i === lines.length - 1)) continue;
    const shown = visible(line.replaceAll('\t', '    ')).trimEnd();
    yield `${colours.dim(`${String(first + i).padStart(digits + 2)} |`)} ${shown}`.trimEnd();
    yield '\n';
  }
}

function* list(
  name: string,
  items: readonly string[],
  title: (name: string) => string,
  width: number | null,
): Iterable<string> {
  if (items.length > 0) yield title(name);
  for (const item of items) yield* paragraph(item, '  - ', width);
}

/** Words in lines of the width; the first begins with `head`, the others are set in as far. */
function* paragraph(text: string, head: string, width: number | null): Iterable<string> {
  const words = text.trim().split(/\s+/).map(visible);
  let line = head + words[0]!;
  for (const word of words.slice(1)) {
    if (width !== null && textWidth(line) + 1 + textWidth(word) > Math.min(width, 120)) {
      yield `${line}\n`;
      line = ' '.repeat(head.length) + word;
    } else line += ` ${word}`;
  }
  yield `${line}\n`;
}

/** The tactics that a technique serves, by name. */
const tacticNames = (id: string, attack: Attack | null): string =>
  (attack?.tacticsOf(id) ?? []).map((tactic) => attack?.tactics.get(tactic) ?? tactic).join(', ');
