import { following, type GuessedField, guessFields } from './guess-fields.ts';
import { likelyTime } from './guess-time.ts';
import { leavesOf, valuesByName } from './raw-leaves.ts';

/** What a draft is made of. */
export interface DraftRequest {
  readonly name: string;
  readonly title: string;
  /** Where the events come from, for the first line. */
  readonly sample: string;
  readonly documents: readonly object[];
  /** Whether ECS knows a name. */
  readonly isEcs: (name: string) => boolean;
}

/** Writes a first draft of a mapping: what is guessed is marked so. */
export function draftMapping({ name, title, sample, documents, isEcs }: DraftRequest): string {
  const values = valuesByName(documents);
  const time = values.has('@timestamp') ? null : likelyTime(values, documents.length);
  const guessed = guessFields(values, new Set(time ? [time.field] : []));
  const used = new Set([...guessed.map(({ raw }) => raw), ...(time ? [time.field] : [])]);
  const left = [...values.keys()].filter((raw) => !used.has(raw) && !isEcs(raw));
  const lines = [
    `# A first draft, made by harrier mapping new of ${documents.length === 1 ? 'one event' : `${documents.length} events`} of ${oneLine(sample)}.`,
    '# docs/mappings.md describes the language. What is marked as a guess follows from names and values: review it.',
    `name: ${name}`,
    `title: ${written(title)}`,
    `index: logs-${name.replaceAll('-', '_')}-default`,
    '',
    '# Which events are of this source: all that is listed must hold.',
    'when:',
    ...recognising(documents, isEcs).map(([key, wanted]) => `  ${written(key)}: ${wanted}  ${review}`),
    '',
    'fields:',
    ...(time
      ? [`  "@timestamp": {from: ${written(time.field)}, then: [time]}  ${review} (${oneLine(time.example)})`]
      : []),
    ...guessed.flatMap(fieldLines),
    ...(time === null && guessed.length === 0 ? ['  event.kind: {is: event}'] : []),
    '  # What kind of events these are, such as authentication, network, process, file, web:',
    '  # event.category: {is: [network]}',
    '  # event.type: {is: [connection]}',
    ...(left.length > 0
      ? [
          '',
          '# Not mapped, so these keep their own names:',
          ...left.map((raw) => `#   ${oneLine(raw)} (${oneLine(String(values.get(raw)![0]))})`),
        ]
      : []),
  ];
  return `${lines.join('\n')}\n`;
}

const review = '# guess: review';

function fieldLines(guess: GuessedField): string[] {
  const { field, raw, then, example } = guess;
  const value = then.length === 0 ? written(raw) : `{from: ${written(raw)}, then: [${then.join(', ')}]}`;
  const next = following({ ...guess, raw: written(raw) });
  return [
    `  ${field}: ${value}  ${review} (${oneLine(example)})`,
    ...(next ? [`  ${next.field}: ${next.value}  ${review}`] : []),
  ];
}

/** A comment ends with its line. */
const oneLine = (text: string): string => {
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
  return plain.length > 60 ? `${plain.slice(0, 60)}…` : plain;
};

/** Words that YAML takes for something else than texts. */
const special = /^(?:true|false|null|yes|no|on|off|y|n|~)$/i;

/** A text as YAML writes it. */
const written = (text: string): string =>
  /^[A-Za-z_][A-Za-z0-9_.-]*$/.test(text) && !special.test(text) ? text : JSON.stringify(text);

/** Names that many sources have. */
const common =
  /^(?:@?timestamp|time|ts|date|datetime|id|_id|uuid|name|type|kind|level|severity|message|msg|host|hostname|user|username|ip|status|action|event|source|result|version|tags|_index|_source|_type|_score|sort)$/i;
const saysSource = /(?:type|source|vendor|product|provider|service|app|program|log|logger|channel|schema|sourcetype)$/i;
const mostNames = 3;

/** Names that all events have, and values that all share where these say what the source is. */
function recognising(documents: readonly object[], isEcs: (name: string) => boolean): [string, string][] {
  const counts = new Map<string, { events: number; values: Set<unknown> }>();
  for (const document of documents)
    for (const [name, all] of valuesByName([document])) {
      // Empty texts are no values.
      if (all.every((value) => value === '')) continue;
      const found = counts.get(name) ?? { events: 0, values: new Set() };
      found.events += 1;
      for (const value of all) found.values.add(value);
      counts.set(name, found);
    }
  const everywhere = [...counts].filter(([, { events }]) => events === documents.length);
  const constants = everywhere.filter(
    ([name, { values }]) =>
      documents.length > 2 && values.size === 1 && saysSource.test(name) && isShort([...values][0]),
  );
  const own = everywhere.filter(([name]) => !isEcs(name) && !common.test(name));
  const rest = everywhere.filter(([name]) => !own.some(([one]) => one === name));
  const chosen = constants
    .slice(0, 1)
    .map(([name, { values }]): [string, string] => [name, written(String([...values][0]))]);
  for (const [name] of [...own, ...rest])
    if (chosen.length < mostNames && !chosen.some(([one]) => one === name)) chosen.push([name, '{exists: true}']);
  // Events that have no name in common are still those that have one of the first's.
  const [first] = [...leavesOf(documents[0] ?? {})];
  return chosen.length > 0 ? chosen : [[first?.[0] ?? 'message', '{exists: true}']];
}

const isShort = (value: unknown): boolean => typeof value === 'string' && value !== '' && value.length <= 40;
