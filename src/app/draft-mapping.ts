import { FieldTypes } from '../catalogue/field-types.ts';
import { InputError } from '../diagnostics/diagnostic.ts';
import { readMappingFile } from '../ecs/check-mapping.ts';
import { draftMapping } from '../ecs/draft-mapping.ts';
import { marksOfEcs } from '../ecs/map-columns.ts';
import type { MappingFile } from '../ecs/mapping.ts';
import { resolveMappings } from '../ecs/mappings.ts';
import { leavesOf } from '../ecs/raw-leaves.ts';
import { shippedFiles, shippedMappings } from '../ecs/shipped-mappings.ts';
import { findInputs } from '../files/find-inputs.ts';
import { sampleDocuments } from '../files/sample-documents.ts';
import { mapEvents } from './map-events.ts';

export interface DraftRequest {
  /** A file, a folder or a glob of raw events. */
  readonly sample: string;
  /** How the mapping is called; else by the sample. */
  readonly name: string | null;
}

export interface Draft {
  readonly name: string;
  readonly text: string;
  /** How many events the draft is made of, and what knows them already, by title. */
  readonly events: number;
  readonly known: readonly string[];
}

/** Events that a draft is made of, and the fields of the first that its example expects. */
const looked = 1000;
const largestExample = 4096;

/** Writes a first draft of a mapping from raw events. Throws an InputError where there are none. */
export async function draftFromSample({ sample, name }: DraftRequest, signal: AbortSignal): Promise<Draft> {
  const inputs = await findInputs([sample], { signal });
  try {
    const sources = await sampleDocuments(inputs.files, looked, signal);
    const documents = sources.flatMap((source) => source.documents).slice(0, looked);
    if (documents.length === 0)
      throw new InputError(`there are no events in ${sample}`, `harrier inspect ${sample} says what it is`);
    if (documents.every((document) => [...leavesOf(document)].some(([own]) => marksOfEcs.has(own))))
      throw new InputError(
        `the events of ${sample} are in the names of ECS already`,
        'they need no mapping: hunts and queries can read them as they are',
      );
    const [files, shipped, types] = await Promise.all([shippedFiles(), shippedMappings(), FieldTypes.load()]);
    const chosen = name ?? nameOf(sample, new Set(files.mappings.map((mapping) => mapping.name)));
    const isEcs = (one: string): boolean => types.get(one) !== undefined;
    const text = draftMapping({ name: chosen, title: titleOf(chosen), sample, documents, isEcs });
    const before = await mapEvents(documents.slice(0, 20), shipped, chosen, 'all', signal);
    const known = [...new Set(before.flatMap((event) => event?.mapping ?? []))];
    return {
      name: chosen,
      text: text + (await exampleOf(text, documents[0]!, signal)),
      events: documents.length,
      known,
    };
  } finally {
    await inputs.close();
  }
}

/** A test that holds the first event and what the draft makes of it now. */
async function exampleOf(text: string, event: object, signal: AbortSignal): Promise<string> {
  if (JSON.stringify(event).length > largestExample) return '';
  const { parsed, problems } = await readMappingFile(text, 'the draft');
  if (!parsed) throw new Error(`a draft does not fit the schema: ${JSON.stringify(problems)}`);
  const mapping = parsed as MappingFile;
  const [mapped] = await mapEvents(
    [event],
    resolveMappings({ mappings: [mapping], families: [] }),
    mapping.name,
    'all',
    signal,
  );
  const expect = Object.fromEntries(
    Object.keys(mapping.fields ?? {}).flatMap((field) => {
      const value = mapped?.fields.get(field);
      return value === undefined || value === null ? [] : [[field, plainValue(value)]];
    }),
  );
  if (Object.keys(expect).length === 0) return '';
  const { stringify } = await import('yaml');
  const tests = { tests: [{ name: 'the first event of the sample', event, expect }] };
  return `\n# What harrier mapping test checks: raw events, and the fields that they must get.\n${stringify(tests, { lineWidth: 0 })}`;
}

const plainValue = (value: unknown): unknown =>
  typeof value === 'bigint' ? (Number.isSafeInteger(Number(value)) ? Number(value) : value.toString()) : value;

/** `app-log` of `logs/App Log.json.gz`; not the name of a mapping of the package, whose place it would take. */
function nameOf(sample: string, taken: ReadonlySet<string>): string {
  const base = sample.replace(/[/\\]+$/, '').replace(/^.*[/\\]/, '');
  const plain = base
    .replace(/(?:\.(?:json|ndjson|jsonl|log|txt|csv|gz|zst|bz2|xz|zip|tar|tgz))+$/i, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  const name = plain === '' ? 'my-logs' : plain;
  return taken.has(name) ? `my-${name}` : name;
}

const titleOf = (name: string): string => name.replace(/[-_]+/g, ' ').replace(/^./, (first) => first.toUpperCase());
