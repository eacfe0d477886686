import type { Converter } from '../documents/conversion.ts';
import { auditd } from './auditd/auditd.ts';
import { delimited } from './delimited/delimited.ts';
import { eventXml } from './event-xml/event-xml.ts';
import { evtx } from './evtx/evtx.ts';
import { fields } from './fields/fields.ts';
import type { FindingTexts, Importer } from './importer.ts';
import { keyValues } from './key-values/key-values.ts';
import { syslog } from './syslog/syslog.ts';
import { w3c } from './w3c/w3c.ts';
import { zeek } from './zeek/zeek.ts';

/** Formats that are no JSON, in the order in which they are asked whether a file is theirs. A new one is a line here. */
const importers = [evtx, eventXml, zeek, w3c, auditd, fields, keyValues, syslog, delimited] as readonly Importer[];

export function importerOf(name: string): Importer {
  const found = importers.find((one) => one.name === name);
  if (!found) throw new Error(`no importer is called ${name}`);
  return found;
}

/** The importer of a kind that recognises a file, and what it says of it. */
export function recognise(
  kind: Importer['kind'],
  head: Buffer,
  isWhole: boolean,
  modified: number,
): { readonly name: string; readonly label: string; readonly plan: unknown } | null {
  for (const importer of importers) {
    const found = importer.kind === kind ? importer.detect(head, isWhole, modified) : null;
    if (found) return { name: importer.name, ...found };
  }
  return null;
}

/** Makes documents of a block of a file. */
export const convertBlock: Converter = (bytes, { format, plan }, asked) => {
  const findings = new Map<string, number>();
  const find = (name: string, count = 1): void => {
    findings.set(name, (findings.get(name) ?? 0) + count);
  };
  return { lines: importerOf(format).convert(bytes, plan, find, asked), findings };
};

/** Words what was found in all blocks of a file. */
export const findingTexts = (format: string, findings: ReadonlyMap<string, number>): FindingTexts =>
  importerOf(format).report?.(findings) ?? { cuts: [], notes: [] };

/** The names of all formats that are no JSON. */
export const importerNames: readonly string[] = importers.map(({ name }) => name);
