import type { ErrorObject, ValidateFunction } from 'ajv';
import type { Document, LineCounter, Node, Pair } from 'yaml';
import { closestMatches } from '../diagnostics/closest-match.ts';
import { own } from '../values/own.ts';
import type { FamilyFile, MappingFile } from './mapping.ts';

/** One thing that is wrong with a file of a mapping. */
export interface MappingProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** What to do, where there is more to say. */
  readonly hint: string | null;
}

/** A file of a mapping, or of the forms of a family, as it was read. */
export interface ReadMappingFile {
  readonly file: string;
  readonly parsed: MappingFile | FamilyFile | null;
  readonly problems: readonly MappingProblem[];
}

/** Names that other files give. */
export interface KnownMappings {
  readonly mappings: ReadonlySet<string>;
  readonly families: ReadonlySet<string>;
}

/** Why the engine refuses a regular expression; null where it takes it. */
export type TryPattern = (pattern: string) => Promise<string | null>;

type Path = readonly (string | number)[];

export const isFamily = (parsed: MappingFile | FamilyFile): parsed is FamilyFile => 'forms' in parsed;

/** Reads the text of a file and checks it by the schema; what needs other files, or the engine, `checkReferences` checks. */
export async function readMappingFile(text: string, file: string): Promise<ReadMappingFile> {
  const [{ LineCounter, parseDocument }, validate] = await Promise.all([import('yaml'), validator()]);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [broken] = document.errors;
  if (broken) {
    const { line, col } = lines.linePos(broken.pos[0]);
    const message = `invalid YAML: ${broken.message.split('\n')[0]}`;
    return { file, parsed: null, problems: [{ line, column: col, message, hint: yamlHint(broken.code) }] };
  }
  const parsed = document.toJS() as unknown;
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    return { file, parsed: null, problems: [{ line: 1, column: 1, ...nothing }] };
  const place = placesIn(document, lines);
  if (validate(parsed)) return { file, parsed: parsed as MappingFile, problems: [] };
  return { file, parsed: null, problems: problemsOf(validate.errors ?? [], place) };
}

const nothing = {
  message: 'there is no mapping in it',
  hint: 'it begins with name: and title:; harrier mapping new SAMPLE writes a first draft',
};

const yamlHint = (code: string): string | null =>
  code === 'BAD_INDENT' || code === 'MULTILINE_IMPLICIT_KEY'
    ? null
    : 'put texts with : # { } [ ] , & * ! | > % @ or ` in single quotes';

let compiled: Promise<ValidateFunction> | null = null;

function validator(): Promise<ValidateFunction> {
  compiled ??= Promise.all([import('ajv'), import('../../docs/mappings.schema.json', { with: { type: 'json' } })]).then(
    ([{ Ajv }, { default: schema }]) =>
      new Ajv({
        allErrors: true,
        verbose: true,
        allowUnionTypes: true,
        strictRequired: false,
        strictTypes: false,
      }).compile(schema),
  );
  return compiled;
}

/** Where something stands in the text. */
type PlaceOf = (path: Path, key?: string) => { readonly line: number; readonly column: number };

/** Finds places by the path that leads to a value, or to one of its keys. */
function placesIn(document: Document, lines: LineCounter): PlaceOf {
  const child = (node: Node | null, part: string | number): { key: Node | null; value: Node | null } | null => {
    if (!node || !('items' in node)) return null;
    const items = node.items as (Node | Pair<Node, Node | null>)[];
    for (const [at, item] of items.entries()) {
      if ('key' in item && 'value' in item && !('range' in item)) {
        const pair = item as Pair<Node, Node | null>;
        if (String((pair.key as { value?: unknown }).value) === String(part)) return pair;
      } else if (at === Number(part)) return { key: null, value: item as Node };
    }
    return null;
  };
  return (path, key) => {
    let node: Node | null = document.contents as Node | null;
    let last = node;
    for (const part of path) {
      const found = child(node, part);
      if (!found) break;
      node = found.value;
      last = node ?? found.key ?? last;
    }
    if (key !== undefined) last = child(node, key)?.key ?? last;
    const { line, col } = lines.linePos(last?.range?.[0] ?? 0);
    return { line, column: col };
  };
}

function problemsOf(errors: readonly ErrorObject[], placeOf: PlaceOf): MappingProblem[] {
  const isWithin = (error: ErrorObject, other: ErrorObject): boolean =>
    (other.keyword === 'anyOf' || other.keyword === 'oneOf') && error.schemaPath.startsWith(`${other.schemaPath}/`);
  // A value whose key is misspelled has no key that says where it comes from, either.
  const misspelled = new Set(
    errors.filter(({ keyword }) => keyword === 'additionalProperties').map(({ instancePath }) => instancePath),
  );
  return errors
    .filter((error) => error.keyword !== 'if' && error.keyword !== 'propertyNames')
    .filter((error) => !errors.some((other) => other !== error && isWithin(error, other)))
    .filter(({ keyword, instancePath }) => !(keyword === 'oneOf' && misspelled.has(instancePath)))
    .map((error) => {
      const path = error.instancePath.split('/').slice(1).map(unescaped);
      const key = keyOf(error);
      return { ...placeOf(path, key), ...worded(error, path) };
    })
    .sort((a, b) => a.line - b.line || a.column - b.column);
}

const unescaped = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~');

/** The key that an error is about, where it is not about the value. */
function keyOf({ keyword, params, propertyName }: ErrorObject): string | undefined {
  if (propertyName !== undefined) return propertyName;
  return keyword === 'additionalProperties' ? String(params.additionalProperty) : undefined;
}

type Worded = Pick<MappingProblem, 'message' | 'hint'>;

function worded(error: ErrorObject, path: readonly string[]): Worded {
  const { keyword, params, parentSchema, data, propertyName } = error;
  const where = pathText(path);
  const says = (parentSchema as { description?: string } | undefined)?.description ?? null;
  if (propertyName !== undefined) return { message: `${shown(propertyName)} cannot stand here`, hint: says };
  switch (keyword) {
    case 'additionalProperties': {
      const key = String(params.additionalProperty);
      const known = Object.keys((parentSchema as { properties?: object }).properties ?? {});
      const what = isOp(path) ? 'op' : isMatcher(known) ? 'comparison' : 'key';
      return { message: `unknown ${what} ${shown(key)} in ${where}`, hint: near(key, known) };
    }
    case 'enum': {
      const known = (params.allowedValues as unknown[]).map(String);
      if (!isOp(path)) return { message: `${where} must be one of ${known.join(', ')}`, hint: null };
      const takes = own(argumentHints, String(data));
      if (takes !== undefined) return { message: `op ${shown(data)} in ${where} needs an argument`, hint: takes };
      return { message: `unknown op ${shown(data)} in ${where}`, hint: near(String(data), known) };
    }
    case 'oneOf':
      return { message: `${where} must have exactly one of ${alternatives(error).join(', ')}`, hint: null };
    case 'required':
      return { message: `${[...path, params.missingProperty].join('.')} is missing`, hint: null };
    case 'dependencies':
      return { message: `${where} has ${params.property}, and needs ${params.deps} beside it`, hint: null };
    case 'minProperties':
    case 'minItems':
    case 'minLength':
      return { message: `${where} is empty`, hint: says };
    case 'type':
      return { message: `${where} must be ${typeNames(params.type)}`, hint: says };
    default:
      return { message: `${where} does not fit`, hint: says };
  }
}

/** What ops that were written alone need. */
const argumentHints: Readonly<Record<string, string>> = {
  epoch: 'write {epoch: s}, with s, ms, us or ns; time takes each of them',
  date: "write {date: ['dd/MMM/yyyy:HH:mm:ss Z']}",
  match: "write {match: 'user=(\\w+)'}",
  split: "write {split: ','}",
  at: 'write {at: 0}',
  json: 'write {json: user.name}',
  hash: 'write {hash: SHA256}',
  args: 'write {args: windows}',
};

const isOp = (path: readonly string[]): boolean => path.at(-2) === 'then';
const isMatcher = (known: readonly string[]): boolean => known.includes('exists') && known.includes('like');

function near(key: string, known: readonly string[]): string {
  const [closest] = closestMatches(key, known);
  return closest === undefined ? `known here: ${known.join(', ')}` : `did you mean ${closest}?`;
}

const alternatives = ({ parentSchema }: ErrorObject): string[] =>
  ((parentSchema as { oneOf?: { required: string[] }[] }).oneOf ?? []).flatMap(({ required }) => required);

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** `fields.source.ip.then[0]`: the path as people read it. */
const pathText = (path: readonly string[]): string =>
  path.length === 0 ? 'the mapping' : path.join('.').replace(/\.(\d+)(?=\.|$)/g, '[$1]');

const typeNames = (types: unknown): string =>
  [types]
    .flat()
    .map(
      (type) =>
        own(
          { string: 'a text', array: 'a list', object: 'a table of names', integer: 'a whole number' },
          String(type),
        ) ?? `a ${type}`,
    )
    .join(' or ');

/** Checks what needs other files or the engine: names that are referred to, and regular expressions. */
export async function checkReferences(
  text: string,
  parsed: MappingFile | FamilyFile,
  known: KnownMappings,
  tryPattern: TryPattern,
): Promise<MappingProblem[]> {
  const { LineCounter, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  const placeOf = placesIn(parseDocument(text, { lineCounter: lines, prettyErrors: false }), lines);
  const problems: MappingProblem[] = [];
  const add = (path: Path, message: string, hint: string | null): void => {
    problems.push({ ...placeOf(path), message, hint });
  };
  if (!isFamily(parsed)) {
    const { name, extends: base, family } = parsed;
    if (base === name) add(['extends'], `${name} extends itself`, 'give the mapping another name');
    else if (base !== undefined && !known.mappings.has(base))
      add(['extends'], `there is no mapping ${base} to extend`, nearOf(base, known.mappings));
    if (family !== undefined && !known.families.has(family))
      add(['family'], `there is no family ${family}`, nearOf(family, known.families));
  }
  for (const { path, pattern, needsGroup } of patternsIn(parsed)) {
    const refused = await tryPattern(pattern);
    const hint = 'it has to be one of RE2: without lookaround and backreferences; in YAML put it in single quotes';
    if (refused !== null)
      add(path, `${pathText(path.map(String))}: ${pattern} is no regular expression: ${refused}`, hint);
    else if (needsGroup && groupsOf(pattern) === 0)
      add(path, `${pathText(path.map(String))}: ${pattern} has no group`, 'put ( ) around the part that is the value');
  }
  return problems;
}

const nearOf = (name: string, known: ReadonlySet<string>): string => {
  const [closest] = closestMatches(name, known);
  return closest === undefined ? `there are ${[...known].sort().join(', ')}` : `did you mean ${closest}?`;
};

interface FoundPattern {
  readonly path: Path;
  readonly pattern: string;
  readonly needsGroup: boolean;
}

/** Every regular expression in a file, with its place. */
function patternsIn(value: unknown, path: Path = []): FoundPattern[] {
  if (Array.isArray(value)) return value.flatMap((one, at) => patternsIn(one, [...path, at]));
  if (typeof value !== 'object' || value === null) return [];
  const isInThen = typeof path.at(-1) === 'number' && path.at(-2) === 'then';
  return Object.entries(value).flatMap(([key, inner]): FoundPattern[] => {
    if (path.length === 0 && key === 'tests') return [];
    const here = [...path, key];
    if (isInThen && (key === 'match' || key === 'pieces'))
      return [{ path: here, pattern: String(inner), needsGroup: true }];
    if (isInThen && key === 'replace')
      return Object.keys(inner as object).map((pattern) => ({ path: here, pattern, needsGroup: false }));
    return patternsIn(inner, here);
  });
}

/** How many groups a regular expression has whose finds are remembered. */
function groupsOf(pattern: string): number {
  const bare = pattern.replace(/\\Q.*?(?:\\E|$)|\\./gs, '.').replace(/\[\^?\]?[^\]]*\]/g, '.');
  return [...bare.matchAll(/\((?!\?)|\(\?P?</g)].length;
}
