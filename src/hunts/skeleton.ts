import { randomUUID } from 'node:crypto';
import { stringify } from 'smol-toml';

export interface SkeletonOptions {
  readonly name: string;
  readonly platform?: 'windows' | 'linux' | 'macos';
  readonly technique: readonly string[];
  readonly author?: string;
}

/** The TOML of a hunt to begin with: programs that started on few machines, on the platform if there is one. */
export function huntSkeleton({ name, platform, technique, author }: SkeletonOptions): string {
  const system = platform === undefined ? '' : `\n| WHERE host.os.type == "${platform}"`;
  const head = stringify({
    name,
    uuid: randomUUID(),
    ...(author !== undefined && { author }),
    description: 'What this hunt looks for, and why that is worth a look.',
    integration: ['endpoint'],
    language: ['ES|QL'],
    mitre: [...technique],
  }).trimEnd();
  return `[hunt]
${head}
notes = [
  "Tuning: which numbers set the bar, and when to move them.",
  "False positives: what is found that means no harm.",
  "Pivot: where to go from a hit.",
]
references = []
query = [
'''
FROM logs-endpoint.events.process-*
| WHERE @timestamp > NOW() - 7 days${system}
| STATS events = COUNT(*), hosts = COUNT_DISTINCT(host.id), last_seen = MAX(@timestamp) BY process.executable
| WHERE hosts <= 2
| SORT hosts, events
''',
]
`;
}
