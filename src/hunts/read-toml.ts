import { parse, TomlError } from 'smol-toml';
import { InputError } from '../diagnostics/diagnostic.ts';
import { type Hunt, type HuntQuery, type Languages, languageNames, looksLikeEsql, noEsqlQuery } from './hunt.ts';

/** Reads a hunt in Elastic's TOML form: one `[hunt]` table. Throws an InputError with the place of what is wrong. */
export function readToml(text: string, file: string, languages: Languages = 'ES|QL'): Hunt {
  const { table, derivedFrom } = parseTables(text, file);
  const key = Math.max(0, text.search(/^[ \t]*(?:hunt\.)?["']?query["']?[ \t]*=/m));
  const queries = queryTexts(table.query, `${file}:${lineOf(text, key)}`);
  let from = key;
  const located = queries.map((query): HuntQuery => {
    const at = locate(text, query, from);
    if (at >= 0) from = at + 1;
    return { text: query, line: lineOf(text, at < 0 ? from : at) };
  });
  const esql = located.filter((query) => looksLikeEsql(query.text));
  const language = languageNames(texts(table.language));
  if (esql.length === 0 && languages !== 'any') throw noEsqlQuery(file, lineOf(text, key), language);
  return {
    uuid: one(table.uuid),
    name: one(table.name) ?? file.replace(/^.*[/\\]/, '').replace(/\.toml$/i, ''),
    author: one(table.author),
    description: one(table.description),
    integration: texts(table.integration),
    language,
    license: one(table.license),
    notes: texts(table.notes),
    mitre: texts(table.mitre),
    references: texts(table.references),
    queries: esql,
    ...(esql.length < located.length && { otherQueries: located.filter((query) => !esql.includes(query)) }),
    ...(derivedFrom !== null && { derivedFrom }),
    file,
  };
}

/** The table of the hunt, and what `harrier hunts derive` says of where it comes from. */
function parseTables(
  text: string,
  file: string,
): { readonly table: Record<string, unknown>; readonly derivedFrom: string | null } {
  let document: Record<string, unknown>;
  try {
    document = parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const message = error.message.split('\n')[0]!.replace(/^Invalid TOML document: /, '');
    throw new InputError(
      `${file}:${error.line}:${error.column}: invalid TOML: ${message}`,
      "fix the line; between three single quotes ('''…''') a query needs no escapes",
    );
  }
  const hunt = document.hunt ?? huntOfRule(document);
  if (typeof hunt !== 'object' || hunt === null || Array.isArray(hunt)) {
    throw new InputError(
      `${file}: no [hunt] table`,
      'a hunt file starts with [hunt] and has name, query and notes in it; a detection rule in ES|QL will do too',
    );
  }
  const { derived } = document;
  return { table: hunt as Record<string, unknown>, derivedFrom: isTable(derived) ? one(derived.from_uuid) : null };
}

/** A detection rule as a hunt: what it asks is the same. Undefined for rules in other languages. */
function huntOfRule({ rule, metadata }: Record<string, unknown>): Record<string, unknown> | undefined {
  if (!isTable(rule) || String(rule.language).toLowerCase() !== 'esql') return undefined;
  const tables = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.filter(isTable) : []);
  const threats = tables(rule.threat);
  const tactics = threats.flatMap(({ tactic }) => (isTable(tactic) ? [tactic.id] : []));
  const techniques = threats.flatMap((threat) => tables(threat.technique));
  const ids = techniques.flatMap((technique) => [technique.id, ...tables(technique.subtechnique).map(({ id }) => id)]);
  return {
    uuid: rule.rule_id,
    name: rule.name,
    author: texts(rule.author).join(', '),
    description: rule.description,
    integration: isTable(metadata) ? metadata.integration : [],
    language: ['ES|QL'],
    license: rule.license,
    notes: texts(rule.note),
    mitre: [...tactics, ...ids].filter((id) => typeof id === 'string'),
    references: rule.references,
    query: rule.query,
  };
}

const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function queryTexts(value: unknown, place: string): string[] {
  const queries = texts(value).filter((query) => query.trim() !== '');
  if (queries.length === 0)
    throw new InputError(`${place}: the hunt has no query`, "give it one: query = ['''FROM …''']");
  return queries;
}

/** Where a query's text stands in the file; where escapes hide it, its first line is looked for up to what may be escaped. */
function locate(text: string, query: string, from: number): number {
  const whole = text.indexOf(query, from);
  if (whole >= 0) return whole;
  const firstLine = query.split('\n').find((line) => line.trim() !== '') ?? '';
  const plain = firstLine.split(/["\\\t\r]/)[0]!;
  return plain.trim() === '' ? -1 : text.indexOf(plain, from);
}

const lineOf = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

function one(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}
