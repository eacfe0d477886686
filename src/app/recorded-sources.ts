import { defendSources } from '../catalogue/defend-source.ts';
import type { RecordedSource } from '../catalogue/recorded-source.ts';
import { recordedSources } from '../ecs/recorded-sources.ts';
import { shippedMappings } from '../ecs/shipped-mappings.ts';
import type { EventSource } from './events-request.ts';
import { mappingsOf } from './session/mappings.ts';

/** What is known of what data sources can record: those of Elastic Defend, and those of the mappings that events have. */
export async function sourcesOf(source: EventSource): Promise<readonly RecordedSource[]> {
  const own = source.kind === 'files' ? await mappingsOf(source.mappings ?? [], undefined) : null;
  return [...defendSources, ...recordedSources(own ?? (await shippedMappings()))];
}
