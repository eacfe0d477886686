import { readFile } from 'node:fs/promises';
import { deriveHunt } from '../../../app/derive-hunt.ts';
import { InputError } from '../../../diagnostics/diagnostic.ts';
import { huntFileName } from '../../../hunts/file-name.ts';
import { hasOverrides } from '../../../overrides/override.ts';
import { formats } from '../../../report/formats.ts';
import { applyAccepted } from '../../../runs/accepted/apply.ts';
import type { Handler } from '../call.ts';
import type { Workbench } from '../context.ts';
import type { KeptResult } from '../handles.ts';
import { argumentsOf, overridesOf } from '../questions.ts';

const types = { csv: 'text/csv', ndjson: 'application/x-ndjson', toml: 'application/toml' } as const;

/** Makes a file of an answer: its rows, or the hunt as it was asked. */
export const exportAnswer: Handler<'export'> = async ({ answer, format, hidden }, workbench) => {
  const kept = workbench.handles.get(answer);
  const text = format === 'toml' ? await tomlOf(kept) : await rowsOf(kept, format, hidden, workbench);
  return workbench.files.keep(`${fileName(kept)}.${format}`, `${types[format]}; charset=utf-8`, text);
};

async function rowsOf(
  { whole, now }: KeptResult,
  format: 'csv' | 'ndjson',
  hidden: boolean,
  { options }: Workbench,
): Promise<string> {
  const accepted = hidden ? null : await options.accepted();
  const write = await formats[format]();
  const report = {
    ...{ results: applyAccepted([whole], accepted, new Date()), now, engine: 'duckdb' },
    ...{ partial: false, load: null, unread: null, eventFacts: null, provenance: null },
  };
  return [...write(report, { width: null, colour: false }, true)].join('');
}

/** The file of the hunt, or one that is made of it where it was asked with changes. */
async function tomlOf({ whole: { hunt }, question }: KeptResult): Promise<string> {
  if (!hunt) throw new InputError('the query belongs to no hunt', 'write it as a hunt first: w');
  if (question.text !== null)
    throw new InputError('the text of the hunt was edited', 'write it as a hunt of its own: w');
  const overrides = overridesOf(question);
  if (!hasOverrides(overrides)) return readFile(hunt.file, 'utf8');
  const { text } = await deriveHunt({ hunt, overrides, written: argumentsOf(question), name: null });
  return text;
}

/** A file is called as its hunt. */
const fileName = ({ whole: { hunt, query } }: KeptResult): string =>
  huntFileName(hunt === null ? 'query' : `${hunt.name}${hunt.queries.length > 1 ? ` ${query + 1}` : ''}`).replace(
    /\.toml$/,
    '',
  );
