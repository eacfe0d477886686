import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../diagnostics/diagnostic.ts';
import { packageFolder } from '../package/package-folder.ts';

/** What is known of MITRE ATT&CK. */
export interface Attack {
  /** The name of a technique or tactic; for a sub-technique with that of its technique before it. */
  name(id: string): string | null;
  /** The ids of the tactics that a technique serves, sorted. */
  tacticsOf(id: string): readonly string[];
  /** What a technique is seen on. */
  platformsOf(id: string): readonly string[];
  /** The id of a tactic by its id or name, in any case: `command and control`, `command-and-control`. */
  tacticNamed(text: string): string | null;
  /** The names of the tactics, by id. */
  readonly tactics: ReadonlyMap<string, string>;
  /** `retired`: revoked or deprecated. */
  status(id: string): 'current' | 'retired' | 'unknown';
}

/** Technique ids of ATT&CK and ATLAS, and tactic ids. */
export const attackId = /^(?:AML\.)?(?:TA\d{4}|T\d{4}(?:\.\d{3})?)$/;

export const isTactic = (id: string): boolean => /^(?:AML\.)?TA\d{4}$/.test(id);

/** The technique of a sub-technique; any other id is its own. */
export const techniqueOf = (id: string): string => id.replace(/(T\d{4})\.\d{3}$/, '$1');

/** Whether an id is the wanted technique or one of its sub-techniques. */
export function isWithin(id: string, wanted: string): boolean {
  const [one, other] = [id.toUpperCase(), wanted.toUpperCase()];
  return one === other || one.startsWith(`${other}.`);
}

/** The page of a technique or tactic; null for what has none. */
export function attackPage(id: string): string | null {
  if (!attackId.test(id)) return null;
  const kind = isTactic(id) ? 'tactics' : 'techniques';
  if (id.startsWith('AML.')) return `https://atlas.mitre.org/${kind}/${id}`;
  return `https://attack.mitre.org/${kind}/${id.replace('.', '/')}`;
}

interface StixObject {
  readonly type?: string;
  readonly name?: string;
  readonly revoked?: boolean;
  readonly x_mitre_deprecated?: boolean;
  readonly x_mitre_shortname?: string;
  readonly x_mitre_platforms?: readonly string[];
  readonly external_references?: readonly { readonly source_name?: string; readonly external_id?: string }[];
  readonly kill_chain_phases?: readonly { readonly phase_name?: string }[];
}

interface Entry {
  readonly name: string;
  readonly retired: boolean;
  /** Ids. */
  readonly tactics: readonly string[];
  readonly platforms: readonly string[];
}

/** The data of the package: facts of MITRE, in `attack/`. */
export async function packagedAttack(): Promise<Attack> {
  const text = await readFile(join(packageFolder(), 'attack', 'enterprise.tsv'), 'utf8');
  const [, ...lines] = text.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'));
  const listed = (cell: string | undefined): string[] => (cell ? cell.split(',') : []);
  return attackOf(
    new Map(
      lines.map((line) => {
        const [id, name, tactics, platforms, status] = line.split('\t');
        const entry = {
          name: name!,
          retired: status === 'retired',
          tactics: listed(tactics),
          platforms: listed(platforms),
        };
        return [id!, entry];
      }),
    ),
  );
}

/** Reads ATT&CK as MITRE publishes it: a STIX 2 bundle, such as enterprise-attack.json. */
export async function readAttack(file: string): Promise<Attack> {
  const objects = await readBundle(file);
  const idOf = ({ external_references }: StixObject): string | undefined =>
    external_references?.map((one) => one.external_id).find((one) => one && attackId.test(one));
  const tactics = new Map(
    objects.flatMap((object) => {
      const id = object.type === 'x-mitre-tactic' ? idOf(object) : undefined;
      return id === undefined || object.x_mitre_shortname === undefined ? [] : [[object.x_mitre_shortname, id]];
    }),
  );
  const entries = new Map<string, Entry>();
  for (const object of objects) {
    if (object.type !== 'attack-pattern' && object.type !== 'x-mitre-tactic') continue;
    const id = idOf(object);
    if (id === undefined || typeof object.name !== 'string') continue;
    const retired = object.revoked === true || object.x_mitre_deprecated === true;
    // An id that was given anew keeps its current meaning.
    if (retired && entries.get(id)?.retired === false) continue;
    const phases = (object.kill_chain_phases ?? []).flatMap(({ phase_name }) => phase_name ?? []);
    const served = phases.flatMap((phase) => tactics.get(phase) ?? []);
    entries.set(id, { name: object.name, retired, tactics: served, platforms: object.x_mitre_platforms ?? [] });
  }
  if (entries.size === 0)
    throw new InputError(`${file} holds no techniques`, 'it should be a STIX bundle, such as enterprise-attack.json');
  return attackOf(entries);
}

function attackOf(entries: ReadonlyMap<string, Entry>): Attack {
  const nameOf = (id: string): string | null => entries.get(id)?.name ?? null;
  const tactics = new Map([...entries].flatMap(([id, { name }]) => (isTactic(id) ? [[id, name] as const] : [])));
  const plain = (text: string): string =>
    text
      .toLowerCase()
      .replace(/[\s_-]+/g, ' ')
      .trim();
  return {
    name: (id) => {
      const [own, of] = [nameOf(id), techniqueOf(id) === id ? null : nameOf(techniqueOf(id))];
      return own !== null && of !== null ? `${of}: ${own}` : own;
    },
    tacticsOf: (id) => [...(entries.get(id)?.tactics ?? [])].sort(),
    platformsOf: (id) => entries.get(id)?.platforms ?? [],
    tacticNamed: (text) =>
      [...tactics].find(([id, name]) => plain(id) === plain(text) || plain(name) === plain(text))?.[0] ?? null,
    tactics,
    status: (id) => {
      const entry = entries.get(id);
      return entry ? (entry.retired ? 'retired' : 'current') : 'unknown';
    },
  };
}

async function readBundle(file: string): Promise<readonly StixObject[]> {
  try {
    const { objects } = JSON.parse(await readFile(file, 'utf8')) as { objects?: readonly StixObject[] };
    return Array.isArray(objects) ? objects : [];
  } catch (error) {
    throw new InputError(
      `cannot read ATT&CK from ${file}: ${(error as Error).message}`,
      'harrier.toml names it: attack = "enterprise-attack.json"',
    );
  }
}
