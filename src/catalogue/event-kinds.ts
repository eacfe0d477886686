import table from './defend-event-kinds.json' with { type: 'json' };

/** A kind of event that Elastic Defend records on one platform, such as a network connection on Linux. */
export interface EventKind {
  /** The last part of the dataset: `network` for `endpoint.events.network`. */
  readonly stream: string;
  /** As `host.os.type` has it. */
  readonly platform: string;
  readonly kind: string;
  /** What `event.action` can be; nothing when it is not known. */
  readonly actions: readonly string[];
  readonly fields: ReadonlySet<string>;
}

/** What Elastic Defend records, as its package's description of events has it. */
export const eventKinds: readonly EventKind[] = table.kinds.map(({ fields, ...kind }) => ({
  ...kind,
  fields: new Set(fields.map((at) => table.fields[at]!)),
}));

/** The stream of Elastic Defend that an index or pattern names, if it names one: `network`, `process` and so on. */
export const streamOf = (index: string): string | null =>
  /^(?:\.ds-)?logs-endpoint\.events\.(\w+)/.exec(index)?.[1] ?? null;
