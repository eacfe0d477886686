import { knownArchives, knownCompressions, knownEncodings, knownFormats } from '../formats/formats.ts';
import { type ListedMapping, listMappings } from './list-mappings.ts';

/** What files are read, and whose events get the names of ECS. */
export async function knownFormatsAndSources(paths: readonly string[], signal: AbortSignal) {
  const mappings = await listMappings(paths, signal);
  return {
    formats: knownFormats,
    compressions: knownCompressions,
    archives: knownArchives,
    encodings: knownEncodings,
    sources: mappings.filter((mapping): mapping is ListedMapping & { index: string } => mapping.index !== null),
  };
}
