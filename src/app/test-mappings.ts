import type { MappingExample, MappingFile } from '../ecs/mapping.ts';
import { resolveMappings } from '../ecs/mappings.ts';
import { loadMappingFiles } from '../ecs/user-mappings.ts';
import { parseDate } from '../values/date.ts';
import type { CellValue } from '../values/types.ts';
import { type MappedEvent, mapEvents } from './map-events.ts';
import { withEngine } from './session/mappings.ts';

/** What became of an example of a mapping. */
export interface ExampleResult {
  readonly name: string;
  readonly outcome: 'ok' | 'failed';
  /** What is wrong, a line for each thing. */
  readonly faults: readonly string[];
}

/** The examples of a file of a mapping. */
export interface MappingTestResults {
  readonly file: string;
  readonly mapping: string;
  /** Others extend it: it has no events of its own. */
  readonly isBase: boolean;
  readonly results: readonly ExampleResult[];
}

/** Runs the examples of mappings in files and folders. Throws an InputError where a file is wrong. */
export async function testMappings(paths: readonly string[], signal: AbortSignal): Promise<MappingTestResults[]> {
  const { own, files } = await withEngine((tried) => loadMappingFiles(paths, tried));
  const mappings = resolveMappings(files);
  const found: MappingTestResults[] = [];
  for (const { file, mapping } of own) {
    const { tests = [], name } = mapping;
    const events = tests.flatMap(eventsOf);
    const named = new Set(tests.flatMap(({ expect }) => Object.keys(expect)));
    const mapped = await mapEvents(events, mappings, 'unknown', named, signal);
    let at = 0;
    const results = tests.map((test): ExampleResult => {
      const count = eventsOf(test).length;
      const faults = mapped.slice(at, at + count).flatMap((event, i) => {
        const which = count > 1 ? `event ${i + 1}: ` : '';
        return faultsOf(test, event, mapping).map((fault) => which + fault);
      });
      at += count;
      return { name: test.name, outcome: faults.length === 0 ? 'ok' : 'failed', faults };
    });
    found.push({ file, mapping: name, isBase: mapping.index === undefined, results });
  }
  return found;
}

const eventsOf = ({ event, events }: MappingExample): readonly object[] => events ?? (event ? [event] : []);

function faultsOf({ expect }: MappingExample, event: MappedEvent | null, { name, title }: MappingFile): string[] {
  if (event === null) return ['the event cannot be read'];
  const faults = Object.entries(expect).flatMap(([field, wanted]) => {
    const found = field === '_index' ? event.index : (event.fields.get(field) ?? null);
    if (isAsExpected(found, wanted)) return [];
    return [`${field} is ${shown(found)}, not ${shown(wanted)}`];
  });
  if (faults.length === 0) return [];
  const { mapping } = event;
  if (mapping === (title ?? name)) return faults;
  return [
    ...faults,
    mapping === null
      ? 'the mapping does not know the event: see its when'
      : `the event is known by another mapping, ${mapping}`,
  ];
}

/** Values are compared as texts, those of several in any order, and dates as times. */
function isAsExpected(found: CellValue, wanted: unknown): boolean {
  if (found === null || wanted === null) return found === wanted;
  const all = [found].flat().map(String).sort();
  const others = [wanted].flat().map(String).sort();
  return all.length === others.length && all.every((value, i) => isSame(value, others[i]!));
}

function isSame(found: string, wanted: string): boolean {
  if (found === wanted) return true;
  const [a, b] = [parseDate(found), parseDate(wanted)];
  return a !== null && a === b && /^\d{4}-/.test(found);
}

const shown = (value: unknown): string =>
  value === null ? 'absent' : JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? Number(one) : one));
