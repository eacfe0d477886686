import { cellJson } from '../../values/json.ts';
import type { InspectedEvents, InspectedFile, InspectReport, SampleEvent } from './inspect-report.ts';

/** The report as one JSON document, a line for each file. */
export function* inspectJson({ files, hunts }: InspectReport): Iterable<string> {
  yield '{"files":[';
  for (const [i, file] of files.entries()) yield `${i === 0 ? '\n ' : ',\n '}${fileJson(file)}`;
  const served = (hunts ?? []).map(({ hunt: { uuid, name, file }, verdict, error }) => ({
    hunt: { uuid, name, file },
    verdict,
    error,
  }));
  yield `],\n"hunts":${hunts === null ? 'null' : JSON.stringify(served)}}\n`;
}

function fileJson({ file, sources, look }: InspectedFile): string {
  const { path, format, events, read, reason, indices, unknown = null } = file;
  const about = JSON.stringify({
    ...{ path, format, source: titlesOf(sources), index: indexOf(file), events, read, reason },
    sources: sources.map(({ title, name, index, events, when }) => ({ source: title, name, index, events, when })),
    indices: indices.map(([index, events]) => ({ index, events })),
    unknown: unknown && {
      ...{ events: unknown.events, without_timestamp: unknown.withoutTime },
      likely_time_field: unknown.likelyTime?.field ?? null,
    },
  });
  return look === null ? about : `${about.slice(0, -1)},${lookJson(look)}}`;
}

const lookJson = ({ samples, unmapped }: InspectedEvents): string =>
  `"samples":[${samples.map(sampleJson).join(',')}],"unmapped_fields":${JSON.stringify(unmapped)}`;

function sampleJson({ raw, source, index, fields }: SampleEvent): string {
  // Whole numbers keep all of their digits.
  const values = [...fields].map(([name, value]) => `${JSON.stringify(name)}:${cellJson(value, 'keyword')}`);
  return `${JSON.stringify({ source, index, raw }).slice(0, -1)},"fields":{${values.join(',')}}}`;
}

/** The titles of the mappings; null where there are none. */
export const titlesOf = (sources: InspectedFile['sources']): string | null =>
  sources.length === 0 ? null : sources.map(({ title }) => title).join(', ');

/** The index of a file's events; several are joined as an index pattern joins them. */
export const indexOf = ({ indices }: InspectedFile['file']): string | null =>
  indices.length === 0 ? null : indices.map(([name]) => name).join(',');
