import { eventKinds } from '../catalogue/event-kinds.ts';
import type { Requirements } from './requirements.ts';

/** What would bring the fields: Elastic Defend's events are known, of other sources only the name. */
export function whoRecords(
  fields: readonly { readonly name: string; readonly isInData: boolean }[],
  { selectors }: Requirements,
  streams: ReadonlySet<string>,
): string {
  if (fields.every(({ name }) => name.startsWith('_')))
    return 'only an Elasticsearch cluster knows it: hunt there with --url';
  if (streams.size === 0)
    return fields.every(({ isInData }) => isInData)
      ? elsewhere(fields)
      : 'collect a data source that records it, or export with all fields';
  const asked = (pattern: RegExp): string[] =>
    selectors.flatMap(({ text }) =>
      pattern.test(text) ? [...text.matchAll(/"([^"]*)"/g)].map(([, value]) => value!.toLowerCase()) : [],
    );
  const platforms = asked(/^host\.os/);
  const actions = asked(/^event\.action/);
  const kinds = eventKinds.filter(
    (kind) =>
      streams.has(kind.stream) &&
      (platforms.length === 0 || platforms.includes(kind.platform)) &&
      (actions.length === 0 || kind.actions.some((action) => actions.includes(action))),
  );
  const kind = actions.map((action) => `${action} `).join('or ');
  const where = `${kind}${[...streams].join(' or ')} events${platforms.length > 0 ? ` on ${platforms.join(', ')}` : ''}`;
  const never = fields.filter(({ name }) => kinds.length > 0 && !kinds.some((kind) => kind.fields.has(name)));
  if (never.length > 0)
    return `Elastic Defend never records ${never.map(({ name }) => name).join(', ')} in ${where}: another data source or another hunt is needed`;
  if (fields.every(({ isInData }) => isInData)) return elsewhere(fields);
  return kinds.length > 0
    ? `Elastic Defend records ${fields.length === 1 ? 'it' : 'them'} in ${where}: this data comes from elsewhere, or was exported without it`
    : 'collect a data source that records it, or export with all fields';
}

/** The data has the fields, in events of another kind. */
const elsewhere = (fields: readonly unknown[]): string =>
  `other events of this data carry ${fields.length === 1 ? 'it' : 'them'}: see which with FROM … | STATS COUNT(*), COUNT(field) BY event.action, host.os.type`;
