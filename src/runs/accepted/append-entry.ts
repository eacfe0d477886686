import { appendFile, readFile } from 'node:fs/promises';
import { InputError } from '../../diagnostics/diagnostic.ts';
import type { AcceptedEntry, Condition, Term } from './entry.ts';
import { parseAccepted } from './read-file.ts';

const head = `# What was looked at and found harmless. harrier run leaves rows out that fit an entry, and counts them.
# Lists say which values are allowed; texts may have * for any text, numbers "<= 50", addresses "10.0.0.0/8".
`;

/** Adds an entry to the end of a file, and makes the file where there is none; nothing else in it changes. */
export async function appendEntry(file: string, entry: AcceptedEntry): Promise<void> {
  const before = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw new InputError(`cannot read ${file}: ${error.message}`);
  });
  const gap = before === '' ? head : before.endsWith('\n') ? '' : '\n';
  const added = `${gap}\n${entryText(entry)}`;
  // What is wrong with the file, or with the file and the entry together, is reported before anything is written.
  parseAccepted(before, file);
  parseAccepted(before + added, file);
  try {
    await appendFile(file, added);
  } catch (error) {
    throw new InputError(`cannot write ${file}: ${(error as Error).message}`);
  }
}

/** An entry as TOML. */
export function entryText({ id, hunt, query, conditions, reason, owner, created, expires }: AcceptedEntry): string {
  const lines = [
    '[[accepted]]',
    `id = ${quoted(id)}`,
    `hunt = ${quoted(hunt)}`,
    ...(query === null ? [] : [`query = ${query}`]),
    `reason = ${quoted(reason)}`,
    ...(owner === null ? [] : [`owner = ${quoted(owner)}`]),
    ...(created === null ? [] : [`created = ${created}`]),
    ...(expires === null ? [] : [`expires = ${expires}`]),
    '[accepted.when]',
    ...[...conditions].map(([column, condition]) => `${keyText(column)} = ${conditionText(condition)}`),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** A condition as TOML has it. */
export function conditionText(condition: Condition): string {
  if (condition.kind === 'null') return '{ null = true }';
  const terms = condition.terms.map(termText);
  return terms.length === 1 ? terms[0]! : `[${terms.join(', ')}]`;
}

function termText(term: Term): string {
  if (term.kind === 'pattern') return quoted(term.text);
  const { value } = term;
  if (typeof value === 'string') return `{ is = ${quoted(value)} }`;
  if (Object.is(value, -0)) return '-0.0';
  // A TOML float has a point or an exponent.
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 1e21 ? `${value}.0` : String(value);
}

const keyText = (column: string): string => (/^[\w-]+$/.test(column) ? column : quoted(column));

const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** A TOML string. What cannot be seen is escaped; paths with backslashes stay as they are read. */
function quoted(text: string): string {
  if (text.includes('\\') && !text.includes("'") && !invisible.test(text)) return `'${text}'`;
  const escaped = text.replace(/["\\]/g, '\\$&').replace(new RegExp(invisible, 'gu'), (character) => {
    const code = character.codePointAt(0)!.toString(16).toUpperCase();
    return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
  });
  return `"${escaped}"`;
}
