import { type EventKind, eventKinds } from './event-kinds.ts';
import { isStream, type PossibleValues, type RecordedKind, type RecordedSource } from './recorded-source.ts';

/** The streams whose events all have one category, which has the stream's name. */
const namedByCategory: ReadonlySet<string> = new Set(['file', 'library', 'network', 'process', 'registry']);

/** What Elastic Defend can record, a source for each of its streams. */
export const defendSources: readonly RecordedSource[] = [...new Set(eventKinds.map(({ stream }) => stream))].map(
  (stream) => {
    const own = eventKinds.filter((kind) => kind.stream === stream);
    const fields = new Set(own.flatMap((kind) => [...kind.fields]));
    return {
      title: `Elastic Defend's ${stream} events`,
      hasIndex: isStream('logs', `endpoint.events.${stream}`),
      kinds: own.map(recordedKind),
      settings: [],
      // A stream's events are alike enough: what none of them carries was left out of them.
      carriage: (field) => (fields.has(field) ? 'general' : 'never'),
    };
  },
);

function recordedKind({ stream, platform, actions }: EventKind): RecordedKind {
  const values = new Map<string, PossibleValues>();
  const only = (field: string, ...texts: string[]): unknown =>
    values.set(field, { texts, pattern: null, isOpen: false });
  only('host.os.type', platform);
  // On Linux the family is that of the distribution.
  if (platform !== 'linux') only('host.os.family', platform);
  for (const field of ['event.dataset', 'data_stream.dataset']) only(field, `endpoint.events.${stream}`);
  if (namedByCategory.has(stream)) only('event.category', stream);
  if (actions.length > 0) only('event.action', ...actions);
  return { number: null, values };
}
