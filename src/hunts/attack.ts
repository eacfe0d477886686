import { readFile } from 'node:fs/promises';
import { InputError } from '../diagnostics/diagnostic.ts';

/** What is known of MITRE ATT&CK. Ids stand alone where nobody gave the data. */
export interface Attack {
  /** The name of a technique or tactic; for a sub-technique with that of its technique before it. */
  name(id: string): string | null;
  /** The ids of the tactics that a technique serves, sorted. */
  tacticsOf(id: string): readonly string[];
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
  readonly external_references?: readonly { readonly source_name?: string; readonly external_id?: string }[];
  readonly kill_chain_phases?: readonly { readonly phase_name?: string }[];
}

interface Entry {
  readonly name: string;
  readonly retired: boolean;
  readonly phases: readonly string[];
}

/** Reads ATT&CK as MITRE publishes it: a STIX 2 bundle, such as enterprise-attack.json. */
export async function readAttack(file: string): Promise<Attack> {
  const entries = new Map<string, Entry>();
  const tactics = new Map<string, string>();
  for (const object of await readBundle(file)) {
    if (object.type !== 'attack-pattern' && object.type !== 'x-mitre-tactic') continue;
    const id = object.external_references?.map((one) => one.external_id).find((one) => one && attackId.test(one));
    if (id === undefined || typeof object.name !== 'string') continue;
    const retired = object.revoked === true || object.x_mitre_deprecated === true;
    // An id that was given anew keeps its current meaning.
    if (retired && entries.get(id)?.retired === false) continue;
    const phases = (object.kill_chain_phases ?? []).flatMap(({ phase_name }) => phase_name ?? []);
    entries.set(id, { name: object.name, retired, phases });
    if (object.x_mitre_shortname !== undefined) tactics.set(object.x_mitre_shortname, id);
  }
  if (entries.size === 0)
    throw new InputError(`${file} holds no techniques`, 'it should be a STIX bundle, such as enterprise-attack.json');
  const nameOf = (id: string): string | null => entries.get(id)?.name ?? null;
  return {
    name: (id) => {
      const [own, of] = [nameOf(id), techniqueOf(id) === id ? null : nameOf(techniqueOf(id))];
      return own !== null && of !== null ? `${of}: ${own}` : own;
    },
    tacticsOf: (id) => (entries.get(id)?.phases ?? []).flatMap((phase) => tactics.get(phase) ?? []).sort(),
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
