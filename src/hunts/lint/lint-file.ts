import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import schema from '../../../hunts/hunt.schema.json' with { type: 'json' };
import { InputError } from '../../diagnostics/diagnostic.ts';
import { schemaProblems } from '../../diagnostics/schema-problems.ts';
import { SourceText } from '../../diagnostics/source-text.ts';
import { own } from '../../values/own.ts';
import { type Attack, attackId } from '../attack.ts';
import type { Hunt, HuntQuery } from '../hunt.ts';
import { fenceWord, isToml, withoutFence } from '../library.ts';
import { readMarkdown } from '../read-markdown.ts';
import { readToml } from '../read-toml.ts';
import type { Finding, Place, Rule } from './finding.ts';
import { placeInFile, placeOfKey } from './places.ts';

/** What is looked for in a hunt's file, beside its queries. */
export const fileRules = {
  'hunt-unreadable': { severity: 'error', about: 'The file cannot be read, or is not a hunt.' },
  'toml-syntax': { severity: 'error', about: 'The file is not TOML.' },
  'hunt-schema': { severity: 'error', about: 'The [hunt] table lacks a key, or a value is of the wrong kind.' },
  'unknown-key': { severity: 'warning', about: 'The [hunt] table has a key that nothing reads.' },
  'no-esql-query': { severity: 'advice', about: 'No query of the hunt is in ES|QL, so Harrier cannot run it.' },
  'attack-id': { severity: 'error', about: 'An id in mitre is not written as ATT&CK and ATLAS write theirs.' },
  'unknown-technique': { severity: 'warning', about: 'ATT&CK has no such technique, or has retired it.' },
  'duplicate-uuid': { severity: 'error', about: 'Two hunts have the same UUID.' },
  'stray-fence-word': {
    severity: 'warning',
    about: 'The word of a code fence is before the query: Elasticsearch refuses it, Harrier skips it.',
  },
  'hunt-tests': { severity: 'error', about: 'A file of tests does not fit its schema, or there is no hunt beside it.' },
} as const satisfies Record<string, Rule>;

export type FileRule = keyof typeof fileRules;

/** A hunt's file as lint sees it. */
export interface LintedFile {
  readonly file: string;
  readonly source: SourceText;
  /** Null where the file cannot be read as a hunt. Its queries are without the words of fences. */
  readonly hunt: Hunt | null;
  readonly findings: readonly Finding[];
  /** A detection rule: it runs on a schedule, which sets its window of time. */
  readonly isRule: boolean;
}

/** Looks into a hunt's file; what its queries say is checked elsewhere. Null for rules in other languages than ES|QL. */
export async function lintFile(name: string, attack: Attack | null): Promise<LintedFile | null> {
  const file = resolve(name);
  const findings: Finding[] = [];
  const tell: Tell = (rule, place, message, hint = null) =>
    findings.push({ rule, severity: fileRules[rule].severity, file, ...place, message, hint });
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    tell('hunt-unreadable', start, error.message.replace(/, (?:open|read).*$/, ''));
    return null;
  });
  const source = new SourceText(text ?? '');
  if (text === null) return { file, source, hunt: null, findings, isRule: false };
  const inToml = isToml(file, text);
  const document = inToml ? parsed(source, tell) : null;
  const isRule = document?.hunt === undefined && document?.rule !== undefined;
  const unread = { file, source, hunt: null, findings, isRule };
  if (inToml && document === null) return unread;
  if (isRule && String((document.rule as { language?: unknown }).language).toLowerCase() !== 'esql') return null;
  if (document && !isRule) await holdAgainstSchema(document, source, tell);
  try {
    const hunt = (inToml ? readToml : readMarkdown)(source.text, file, 'any');
    tellOfHunt(hunt, source, attack, tell);
    const queries = hunt.queries.map((query) => ({ ...query, text: withoutFence(query.text) }));
    return { ...unread, hunt: { ...hunt, queries } };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    // What the schema said of the same file says it better.
    if (findings.length === 0) tellOfInput(error, file, tell);
    return unread;
  }
}

const start: Place = { line: 1, column: 1, endLine: 1, endColumn: 1 };

type Tell = (rule: FileRule, place: Place, message: string, hint?: string | null) => void;

/** The document of a TOML file; null where it is none. */
function parsed(source: SourceText, tell: Tell): Record<string, unknown> | null {
  try {
    return parse(source.text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const { line, column } = error;
    const message = `invalid TOML: ${error.message.split('\n')[0]!.replace(/^Invalid TOML document: /, '')}`;
    tell('toml-syntax', { line, column, endLine: line, endColumn: column + 1 }, message);
    return null;
  }
}

async function holdAgainstSchema(document: Record<string, unknown>, source: SourceText, tell: Tell): Promise<void> {
  const { Ajv } = await import('ajv');
  const ajv = new Ajv({ allErrors: true });
  if (ajv.validate(schema, document)) return;
  for (const { path, message, hint, isUnknownKey } of schemaProblems(ajv.errors ?? [], schema)) {
    const value = path.reduce<unknown>((inner, key) => own((inner ?? {}) as Record<string, unknown>, key), document);
    const place = placeOfKey(source, path, typeof value === 'string' && path.length > 2 ? value : undefined);
    tell(isUnknownKey ? 'unknown-key' : 'hunt-schema', place, message, hint);
  }
}

function tellOfHunt(hunt: Hunt, source: SourceText, attack: Attack | null, tell: Tell): void {
  for (const id of hunt.mitre) {
    const place = placeOfKey(source, ['hunt', 'mitre'], id);
    const status = attack && !id.startsWith('AML.') ? attack.status(id) : 'current';
    if (!attackId.test(id)) tell('attack-id', place, `${id} is no id of ATT&CK`, 'an id looks like T1071 or T1071.001');
    else if (status !== 'current')
      tell(
        'unknown-technique',
        place,
        `${id} is ${status === 'retired' ? `retired: ${attack!.name(id)}` : 'not in ATT&CK'}`,
        status === 'retired'
          ? `attack.mitre.org says what took its place`
          : 'a newer bundle may have it: attack in harrier.toml names one',
      );
  }
  if (hunt.queries.length === 0) {
    const languages = hunt.language.filter((name) => name !== 'ES|QL').join(', ');
    tell(
      'no-esql-query',
      placeOfKey(source, ['hunt', 'query']),
      `no query in ES|QL${languages && `, only ${languages}`}`,
    );
  }
  for (const query of hunt.queries) tellOfFence(query, source, tell);
}

function tellOfFence(query: HuntQuery, source: SourceText, tell: Tell): void {
  const span = fenceWord(query.text);
  if (!span) return;
  const word = query.text.slice(span.start, span.end);
  const rest = query.text.slice(span.end).trimStart().split(/\r?\n/)[0]!;
  const place = placeInFile(source, query, new SourceText(query.text), span);
  tell(
    'stray-fence-word',
    place,
    `[${word}] is left over from a code fence`,
    `delete it: the query begins with ${rest}`,
  );
}

/** An error of a reader, which names the place in its message. */
function tellOfInput(error: InputError, file: string, tell: Tell): void {
  const [, line = '1', column = '1', message = error.message] =
    /^:(\d+)(?::(\d+))?: ([\s\S]*)$/.exec(error.message.startsWith(file) ? error.message.slice(file.length) : '') ?? [];
  const place = { line: Number(line), column: Number(column), endLine: Number(line), endColumn: Number(column) };
  tell(/no ES\|QL query/.test(message) ? 'no-esql-query' : 'hunt-unreadable', place, message, error.hint);
}

/** UUIDs that stand in more than one file, reported at each but the first. */
export function duplicateUuids(files: readonly LintedFile[]): Finding[] {
  const first = new Map<string, string>();
  return files.flatMap(({ file, source, hunt }): Finding[] => {
    const uuid = hunt?.uuid?.toLowerCase();
    if (uuid === undefined) return [];
    const other = first.get(uuid);
    if (other === undefined) {
      first.set(uuid, file);
      return [];
    }
    const at = source.text.indexOf(hunt!.uuid!);
    const from = source.position(Math.max(0, at));
    const place = { ...from, endLine: from.line, endColumn: from.column + (at < 0 ? 0 : uuid.length) };
    const message = `the UUID ${hunt!.uuid} is that of ${other} too`;
    const hint = 'give one of them another; harrier hunts new makes one';
    return [{ rule: 'duplicate-uuid', severity: fileRules['duplicate-uuid'].severity, file, ...place, message, hint }];
  });
}
