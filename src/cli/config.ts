import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { InputError } from '../diagnostics/diagnostic.ts';
import type { Watch, WatchTable } from '../runs/watch/watch-config.ts';

/** What `harrier.toml` says. Every path in it is absolute here. */
export interface Config {
  /** The file it was read from; null where there is none. */
  readonly file: string | null;
  /** Folders of hunts beside Harrier's own. */
  readonly libraries: readonly string[];
  /** MITRE ATT&CK as a STIX bundle. */
  readonly attack: string | null;
  /** The cluster that `check` asks for its fields, and the variable that holds its key; null where none is named. */
  readonly check: { readonly url: string; readonly variable: string | null; readonly ca: string | null } | null;
  /** Files and folders of mappings that come before those of the package. */
  readonly mappings: readonly string[];
  /** The field of raw events that says when they were. */
  readonly timeField: string | null;
  /** Lists to look up: files, or `NAME=FILE`. */
  readonly lists: readonly string[];
  /** Pages elsewhere on which the workbench can look values up: `{value}` in the address stands for one. */
  readonly links: readonly { readonly name: string; readonly url: string; readonly fields: readonly string[] }[];
  /** Hunts on a schedule. */
  readonly watches: readonly Watch[];
}

const fileName = 'harrier.toml';

/** Reads the configuration: the named file, else the nearest `harrier.toml` in this folder or above it. */
export async function loadConfig(named?: string): Promise<Config> {
  const file = named === undefined ? nearest(process.cwd()) : resolve(named);
  if (file === null)
    return {
      ...{ file: null, libraries: [], attack: null, check: null, mappings: [] },
      ...{ timeField: null, lists: [], links: [], watches: [] },
    };
  const {
    libraries = [],
    attack,
    check,
    mapping = [],
    time_field: timeField,
    lookup = [],
    link = [],
    watch = [],
  } = await readConfig(file);
  const beside = (path: string): string => resolve(dirname(file), path);
  return {
    file,
    libraries: libraries.map(beside),
    attack: attack === undefined ? null : beside(attack),
    check: check
      ? {
          url: check.url,
          variable: check.api_key_env ?? null,
          ca: check.ca === undefined ? null : beside(check.ca),
        }
      : null,
    mappings: mapping.map(beside),
    timeField: timeField ?? null,
    lists: lookup.map((list) =>
      list.replace(/^([\w.-]+=)?(.*)$/s, (_, name = '', path: string) => name + beside(path)),
    ),
    links: link.map(({ name, url, fields = [] }) => ({ name, url, fields })),
    watches: watch.length === 0 ? [] : (await import('../runs/watch/watch-config.ts')).readWatches(watch, file),
  };
}

function nearest(folder: string): string | null {
  const file = join(folder, fileName);
  if (existsSync(file)) return file;
  return dirname(folder) === folder ? null : nearest(dirname(folder));
}

/** The document as it is written, once it fits its schema. */
interface Document {
  readonly libraries?: readonly string[];
  readonly attack?: string;
  readonly check?: { readonly url: string; readonly api_key_env?: string; readonly ca?: string };
  readonly mapping?: readonly string[];
  readonly time_field?: string;
  readonly lookup?: readonly string[];
  readonly link?: readonly { readonly name: string; readonly url: string; readonly fields?: readonly string[] }[];
  readonly watch?: readonly WatchTable[];
}

async function readConfig(file: string): Promise<Document> {
  const [{ parse, TomlError }, { Ajv }, { schemaProblems }, { default: own }, { default: watch }] = await Promise.all([
    import('smol-toml'),
    import('ajv'),
    import('../diagnostics/schema-problems.ts'),
    import('./config.schema.json', { with: { type: 'json' } }),
    import('../runs/watch/watch.schema.json', { with: { type: 'json' } }),
  ]);
  const schema = { ...own, properties: { ...own.properties, watch } };
  let document: unknown;
  try {
    document = parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (error instanceof TomlError) {
      const reason = error.message.split('\n')[0]!.replace(/^Invalid TOML document: /, '');
      throw new InputError(`${file}:${error.line}:${error.column}: invalid TOML: ${reason}`);
    }
    const reason = (error as Error).message.replace(/, (?:open|read).*$/, '');
    throw new InputError(
      `cannot read ${file}: ${reason}`,
      'without --config, harrier.toml is looked for here and above',
    );
  }
  const ajv = new Ajv({ allErrors: true });
  if (ajv.validate<Document>(schema, document)) return document;
  const problems = schemaProblems(ajv.errors ?? [], schema);
  const hint = problems.find((problem) => problem.hint !== undefined)?.hint;
  throw new InputError(`${file}: ${problems.map(({ message }) => message).join('; ')}`, hint);
}
