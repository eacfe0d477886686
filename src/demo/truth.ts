import { own } from '../values/own.ts';
import type { CellValue, ResultColumn } from '../values/types.ts';
import type { Behaviour } from './planted.ts';

/** The hunts that must find a behaviour: UUID and number of the query, with the columns that identify a row. */
interface Finder {
  readonly uuid: string;
  readonly query: number;
  readonly keys: readonly string[];
}

const byConversation = ['process.entity_id', 'destination.address'];
const finders: Readonly<Record<Behaviour, readonly Finder[]>> = {
  'windows-beacon': conversation('76843f1f-404d-42b8-9c25-fcc14e270240', '894af375-a52f-4d5a-a92d-9d9c279b1489'),
  'macos-beacon': conversation('44aff0e3-e0d7-4dca-a94f-2dd0b96f18bd', 'a4441acb-e00d-42f9-8207-2df8d55d375d'),
  'linux-beacon': conversation('12fc59e7-ba94-4992-aedd-cd8a02bcf5b1'),
  'windows-exfiltration': conversation(
    '977d77f9-86e0-4df6-bdc7-aed87c048290',
    '24925575-defd-4581-bfda-a8753dcfb46e',
    '41fd9994-9707-4e3b-9bde-b05f7e9d4eb0',
  ),
  'macos-exfiltration': conversation('88aa7909-9b9c-49dc-a54b-28069a6ce7be'),
  'linux-exfiltration': conversation('176a1946-c289-463f-a0d0-8636dec79f51'),
  'linux-rare': rare(0),
  'linux-rare-root': rare(1),
};

function conversation(...uuids: readonly string[]): Finder[] {
  return uuids.map((uuid) => ({ uuid, query: 0, keys: byConversation }));
}

function rare(query: number): Finder[] {
  return ['12526f14-5e35-4f5f-884c-96c6a353a544', 'b4ef3bb3-b4e7-44b9-90d6-4b6332645335'].map((uuid) => ({
    uuid,
    query,
    keys: ['process.name'],
  }));
}

/** A planted conversation as it stands in the events. */
export interface PlantedRow {
  readonly story: string;
  readonly techniques: readonly string[];
  readonly behaviours: readonly Behaviour[];
  readonly host: string;
  readonly values: Readonly<Record<string, string>>;
}

/** What a hunt must find, and nothing else. */
export interface Expectation {
  readonly uuid: string;
  readonly query: number;
  readonly keys: readonly string[];
  readonly rows: readonly {
    readonly values: readonly string[];
    readonly story: string;
    readonly techniques: readonly string[];
    readonly host: string;
  }[];
}

/** The truth about a sample fleet, as its truth.json has it. */
export interface Truth {
  /** The time to hunt as of. */
  readonly now: string;
  /** What the fleet was made with, so that it need not be made again. */
  readonly fleet: { readonly hosts: number; readonly days: number; readonly events: number; readonly seed: number };
  readonly expectations: readonly Expectation[];
  /** What looks like an intrusion and is none. */
  readonly nearMisses: readonly {
    readonly story: string;
    readonly host: string;
    readonly values: Readonly<Record<string, string>>;
  }[];
}

/** Works out from what was planted which rows each hunt must give. */
export function truthOf(rows: readonly PlantedRow[], now: string, fleet: Truth['fleet']): Truth {
  const all = new Map<string, Expectation & { rows: Expectation['rows'][number][] }>();
  for (const behaviour of Object.keys(finders) as Behaviour[]) {
    for (const { uuid, query, keys } of finders[behaviour]) {
      const id = `${uuid}/${query}`;
      const expectation = all.get(id) ?? { uuid, query, keys, rows: [] };
      all.set(id, expectation);
      for (const row of rows.filter((candidate) => candidate.behaviours.includes(behaviour))) {
        const { story, techniques, host } = row;
        expectation.rows.push({ values: keys.map((key) => own(row.values, key)!), story, techniques, host });
      }
    }
  }
  const nearMisses = rows
    .filter((row) => row.behaviours.length === 0)
    .map(({ story, host, values }) => ({ story, host, values }));
  return { now, fleet, expectations: [...all.values()], nearMisses };
}

/** How a hunt did on the sample fleet. */
export interface Verdict {
  readonly hunt: { readonly uuid: string | null; readonly name: string };
  readonly query: number;
  readonly found: readonly { readonly values: readonly string[]; readonly story: string; readonly host: string }[];
  readonly missed: readonly { readonly values: readonly string[]; readonly story: string; readonly host: string }[];
  readonly extra: readonly (readonly string[])[];
  /** Nothing is known of what this hunt should find. */
  readonly unknown: boolean;
}

interface Answer {
  readonly hunt: { readonly uuid: string | null; readonly name: string };
  readonly query: number;
  readonly columns: readonly ResultColumn[];
  readonly values: readonly (readonly CellValue[])[];
}

/** Holds answers against the truth. */
export function compareWithTruth(truth: Truth, answers: readonly Answer[]): Verdict[] {
  return answers.map(({ hunt, query, columns, values }) => {
    const expectation = truth.expectations.find(
      (candidate) => candidate.uuid === hunt.uuid && candidate.query === query,
    );
    if (!expectation) return { hunt, query, found: [], missed: [], extra: [], unknown: true };
    const places = expectation.keys.map((key) => columns.findIndex((column) => column.name === key));
    const rows = values.map((row) => places.map((place) => String(row[place] ?? '')));
    const same = (a: readonly string[], b: readonly string[]): boolean => a.every((value, i) => value === b[i]);
    return {
      hunt,
      query,
      found: expectation.rows.filter((row) => rows.some((other) => same(row.values, other))),
      missed: expectation.rows.filter((row) => !rows.some((other) => same(row.values, other))),
      extra: rows.filter((row) => !expectation.rows.some((other) => same(row, other.values))),
      unknown: false,
    };
  });
}
