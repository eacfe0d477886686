/** The state of one cluster in an answer. */
interface ClusterDetails {
  readonly status?: string;
  readonly indices?: string;
  readonly _shards?: { readonly total?: number; readonly failed?: number };
  readonly failures?: readonly {
    readonly index?: string | null;
    readonly reason?: { readonly type?: string; readonly reason?: string };
  }[];
}

/** What an answer says of how whole it is. */
export interface Completeness {
  readonly is_partial?: boolean;
  readonly _clusters?: {
    readonly total?: number;
    readonly skipped?: number;
    readonly partial?: number;
    readonly failed?: number;
    readonly details?: Readonly<Record<string, ClusterDetails>>;
  };
}

/** The parts of the data that an answer was made without, and why; none where it is whole. */
export function missingParts({ is_partial: isPartial, _clusters: clusters }: Completeness): string[] {
  const details = Object.entries(clusters?.details ?? {}).flatMap(([alias, cluster]) => {
    const text = missingIn(alias, cluster);
    return text === null ? [] : [text];
  });
  if (details.length > 0) return details;
  const { total = 0, skipped = 0, partial = 0, failed = 0 } = clusters ?? {};
  const lost = skipped + partial + failed;
  if (lost > 0) return [`${lost} of ${total} clusters answered in part or not at all`];
  return isPartial ? ['the cluster answered in part, without a reason'] : [];
}

const states: ReadonlyMap<string, string> = new Map([
  ['skipped', 'was skipped'],
  ['failed', 'failed'],
  ['partial', 'answered in part'],
  ['running', 'had not finished'],
]);

function missingIn(
  alias: string,
  { status = '', indices, _shards: shards, failures = [] }: ClusterDetails,
): string | null {
  const lost = shards?.failed ?? 0;
  const state = states.get(status);
  if (state === undefined && lost === 0 && failures.length === 0) return null;
  const name = alias === '(local)' || alias === '' ? 'the local cluster' : `the remote cluster ${alias}`;
  const where = indices ? ` (${indices})` : '';
  const count = lost > 0 ? ` (${lost} of ${shards?.total ?? '?'} shards failed)` : '';
  const reasons = new Set(
    failures.map(({ reason }) => reason?.reason ?? reason?.type ?? '').filter((text) => text !== ''),
  );
  const why = [...reasons].slice(0, mostReasons).join('; ');
  return `${name}${where} ${state ?? 'answered in part'}${count}${why === '' ? '' : `: ${why}`}`;
}

const mostReasons = 3;
