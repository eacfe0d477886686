import { type Hunt, type HuntQuery, type Languages, languageNames, looksLikeEsql, noEsqlQuery } from './hunt.ts';
import { isNothing, type Line, unfencedQueries } from './unfenced-queries.ts';

/*
 * Hunts as they are published: the Markdown that Elastic generates, plain text made from it, and what is left when a
 * web page of it is copied. Sections are found by their headings, with or without the marks of Markdown.
 */

interface Section {
  readonly heading: string;
  /** As in Markdown: 2 for `##`, 0 for what stands before the first heading. */
  readonly level: number;
  /** The 1-based line of its heading. */
  readonly number: number;
  readonly lines: readonly Line[];
}

const headings = /^(?:metadata|query|queries|notes|mitre att&ck techniques|references|license|description)$/i;

/** Reads a hunt from Markdown or plain text. Throws an InputError when there is no ES|QL query in it. */
export function readMarkdown(text: string, file: string, languages: Languages = 'ES|QL'): Hunt {
  const lines = text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\r|\n/)
    .map((line, i): Line => ({ text: line.replaceAll('\u00a0', ' '), number: i + 1 }));
  const { title, sections } = divide(lines);
  const section = (pattern: RegExp): readonly Line[] =>
    sections.filter(({ heading }) => pattern.test(heading)).flatMap((found) => found.lines);
  const metadata = readMetadata(section(/^metadata$/i));
  const found = queriesOf(sections);
  const queries = found.filter((query) => looksLikeEsql(query.text));
  const language = languageNames([metadata.get('language') ?? '']);
  // Without a query, only what its author wrote down about it makes a text a hunt.
  if (queries.length === 0 && (languages !== 'any' || !metadata.has('uuid')))
    throw noEsqlQuery(file, sections.find(isQuerySection)?.number ?? 1, language);
  return {
    uuid: metadata.get('uuid') ?? null,
    name: title ?? file.replace(/^.*[/\\]/, '').replace(/\.(?:md|txt)$/i, ''),
    author: metadata.get('author') ?? null,
    description: metadata.get('description') ?? (items(section(/^description$/i)).join(' ') || null),
    integration: listOf(metadata.get('integration')),
    language,
    license: items(section(/^license$/i))[0] ?? null,
    notes: items(section(/^notes$/i)),
    mitre: items(section(/^mitre/i)).flatMap((item) => item.match(/\b(?:AML\.)?TA?\d{4}(?:\.\d{3})?\b/) ?? []),
    references: items(section(/^references$/i)),
    queries,
    ...(queries.length < found.length && { otherQueries: found.filter((query) => !queries.includes(query)) }),
    file,
  };
}

/** Cuts a text into its title and sections. Fenced blocks hold no headings. */
function divide(lines: readonly Line[]): { title: string | null; sections: Section[] } {
  const sections: (Section & { lines: Line[] })[] = [{ heading: '', level: 0, number: 1, lines: [] }];
  let fence: string | null = null;
  let title: string | null = null;
  for (const line of lines) {
    const mark = /^\s*(```+|~~~+)/.exec(line.text)?.[1] ?? null;
    if (mark) fence = fence === null ? mark : mark.startsWith(fence) ? null : fence;
    const heading = fence === null && !mark ? headingOf(line.text) : null;
    if (heading?.level === 1 && title === null) title = heading.text;
    if (heading && (heading.level !== 1 || headings.test(heading.text)))
      sections.push({ heading: heading.text, level: heading.level, number: line.number, lines: [] });
    else sections.at(-1)!.lines.push(line);
  }
  return { title: title ?? lastTextBefore(sections), sections };
}

function headingOf(text: string): { level: number; text: string } | null {
  const marked = /^\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$/.exec(text);
  if (marked) return { level: marked[1]!.length, text: marked[2]! };
  return headings.test(text.trim()) ? { level: 2, text: text.trim() } : null;
}

/** Without a marked title, it is the last line of text before the first heading, unless a query stands there. */
function lastTextBefore(sections: readonly Section[]): string | null {
  const { lines } = sections[0]!;
  if (sections.length === 1 || queriesIn(lines, 'certain').length > 0) return null;
  return (
    lines
      .map((line) => line.text.trim())
      .filter((line) => line !== '' && !/^-+$/.test(line))
      .at(-1) ?? null
  );
}

/** `- **UUID:** …` bullets, with links, quotes and blank lines around them. */
function readMetadata(lines: readonly Line[]): Map<string, string> {
  const found = new Map<string, string>();
  let last: string | null = null;
  for (const { text } of lines) {
    const bullet = /^\s*(?:[-*•]\s+)?\**([A-Z][A-Za-z ]{2,20}?):\**\s*(.*)$/.exec(text);
    if (bullet) {
      last = bullet[1]!.toLowerCase();
      found.set(last, plain(bullet[2]!));
    } else if (last !== null && text.trim() !== '' && !/^\s*[-=]+\s*$/.test(text)) {
      found.set(last, `${found.get(last)} ${plain(text)}`.trim());
    }
  }
  return found;
}

/** Text without the marks of links, code and emphasis. */
function plain(text: string): string {
  return text
    .replace(/\[([^\]]*(?:\[[^\]]*\][^\]]*)*)\]\([^)]*\)/g, '$1')
    .replace(/`([^`]*)`/g, '$1')
    .replace(/\*\*([^*]+)\*\*/g, '$1')
    .trim();
}

const listOf = (value: string | undefined): string[] =>
  (value ?? '')
    .split(/,\s*/)
    .map((item) => item.trim())
    .filter((item) => item !== '');

/** The items of a list section; a line that is no bullet goes on with the item before it. */
function items(lines: readonly Line[]): string[] {
  const found: string[] = [];
  const anyBullets = lines.some(({ text }) => /^\s*[-*•]\s+/.test(text));
  for (const { text } of lines) {
    if (text.trim() === '') continue;
    const bullet = /^\s*[-*•]\s+(.*)$/.exec(text);
    if (bullet) found.push(tidy(bullet[1]!));
    else if (anyBullets && found.length > 0) found[found.length - 1] += ` ${tidy(text)}`;
    else found.push(tidy(text));
  }
  return found;
}

/** Notes keep their code marks; a lone link or quoted word is bare. */
const tidy = (text: string): string => {
  const trimmed = text.trim();
  return /^(?:`[^`]*`|\[[^\]]*\]\([^)]*\))$/.test(trimmed) ? plain(trimmed) : trimmed;
};

const isQuerySection = ({ heading }: Section): boolean => /^quer(?:y|ies)\b/i.test(heading);

/** The queries of the query sections and what is below them; without any there, those that stand anywhere. */
function queriesOf(sections: readonly Section[]): HuntQuery[] {
  const wanted: Section[] = [];
  let above: Section | null = null;
  for (const section of sections) {
    if (isQuerySection(section)) above = section;
    else if (above && section.level <= above.level) above = null;
    if (above) wanted.push(section);
  }
  const found = wanted.flatMap(({ lines }) => queriesIn(lines, 'likely'));
  if (found.length > 0) return found;
  // Elsewhere prose may begin with "From": only what cannot be prose counts, unless the text is a query from its start.
  const bare = sections.length === 1 && looksLikeEsql(sections[0]!.lines.map(({ text }) => text).join('\n'));
  return sections.flatMap(({ lines }) => queriesIn(lines, bare ? 'likely' : 'certain'));
}

function queriesIn(lines: readonly Line[], sureness: 'certain' | 'likely'): HuntQuery[] {
  const fenced = fencedBlocks(lines);
  return fenced.length > 0 ? fenced : unfencedQueries(lines, sureness).map(queryOf);
}

function fencedBlocks(lines: readonly Line[]): HuntQuery[] {
  const found: HuntQuery[] = [];
  let open: { fence: string; lines: Line[] } | null = null;
  for (const line of lines) {
    const mark = /^\s*(```+|~~~+)/.exec(line.text)?.[1];
    if (mark && !open) open = { fence: mark, lines: [] };
    else if (open && mark?.startsWith(open.fence)) {
      if (open.lines.length > 0) found.push(queryOf(open.lines));
      open = null;
    } else open?.lines.push(line);
  }
  // A fence that is never closed reaches to the end.
  if (open && open.lines.length > 0) found.push(queryOf(open.lines));
  return found;
}

/** The text of a query, without blank lines around it or a rule drawn below it. */
function queryOf(lines: readonly Line[]): HuntQuery {
  const filled = lines.map((line) => !isNothing(line.text));
  const [first, last] = [filled.indexOf(true), filled.lastIndexOf(true)];
  if (first < 0) return { text: '', line: lines[0]?.number ?? 1 };
  return {
    text: lines
      .slice(first, last + 1)
      .map((line) => line.text)
      .join('\n'),
    line: lines[first]!.number,
  };
}
