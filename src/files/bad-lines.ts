import { isUtf8 } from 'node:buffer';
import { unreadableRecord } from '../documents/conversion.ts';
import { longestDocument } from '../documents/line-texts.ts';
import { repeatedMembers } from '../documents/repeated-members.ts';
import { own } from '../values/own.ts';
import { isObject, parseJson } from '../values/plain-json.ts';

/** How many bad lines and values are shown; all are counted. */
export const shown = 10;

/** Why a line is no event; `isOpen` says that it has no end, since its file ends within it. */
export function explain(bytes: Buffer, isOpen: boolean): { reason: string; preview: string } {
  const record = unreadableRecord(bytes);
  if (record) return { reason: record.reason, preview: previewOf(record.text) };
  return { reason: reasonOf(bytes, isOpen), preview: previewOf(bytes) };
}

function reasonOf(bytes: Buffer, isOpen: boolean): string {
  if (bytes.length > longestDocument) return `longer than ${longestDocument >> 20} MB`;
  if (bytes.includes(0)) return 'binary data';
  if (!isUtf8(bytes)) return isOpen && endsWithinCharacter(bytes) ? cutOff : 'invalid UTF-8';
  const text = bytes.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const { message } = error as Error;
    const place = / at position (\d+)/.exec(message)?.[1];
    if (isOpen && (message.includes('end of JSON input') || Number(place) === text.length)) return cutOff;
    return `malformed JSON: ${message.replace(/ in JSON at position (\d+).*$/s, ' at character $1').replace(/, "?.*is not valid JSON$/s, '')}`;
  }
  if (value === null) return 'not a JSON object but null';
  if (typeof value !== 'object') return `not a JSON object but a ${typeof value}`;
  if (Array.isArray(value)) return 'not a JSON object but an array';
  if (isDeeper(value, deepest)) return `nested deeper than ${deepest} levels`;
  return 'more names of fields than can be read at once';
}

const cutOff = 'the last line is cut off';
/** As in the document reader. */
const deepest = 200;

function endsWithinCharacter(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1)));

/** Names of metadata: what queries find there is nothing that a document says. */
const metadataNames = ['_index', '_id', '_source', '_version', '_ignored', '_score', '_index_mode'];

/** The metadata among the members of an event that was read without it. */
function metadataIn(line: Buffer): string[] {
  const event = JSON.parse(line.toString('utf8'));
  const isScalar = (value: unknown): boolean => typeof value !== 'object' || Array.isArray(value);
  const within = [event._source, event.fields].find((value) => !isScalar(value) && Object.keys(value ?? {}).length > 0);
  const isTaken = (name: string): boolean => !within && (name === '_index' || name === '_id');
  const document = within ?? event;
  return metadataNames.filter((name) => {
    const value: unknown = own(document, name) ?? null;
    return value !== null && isScalar(value) && !(isTaken(name) && typeof value === 'string');
  });
}

/** The names in a document of which a part is empty. */
function oddNames(value: unknown, above = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => oddNames(item, above));
  return Object.entries(isObject(value) ? value : {}).flatMap(([key, child]) => {
    const name = `${above}${key}`;
    const isOdd = key.split('.').some((part) => part.trim() === '');
    return [...(isOdd ? [name] : []), ...oddNames(child, `${name}.`)];
  });
}

/**
 * Which members of an event were not read: second ones of a name, and metadata. Those of an export are named as its fields.
 * The reason also tells of names that Elasticsearch would refuse.
 */
export function explainMembers(line: Buffer): { names: readonly string[]; reason: string; preview: string } {
  const repeated = repeatedMembers(line).map(({ name }) => name.replace(/^_source\.(?=.)/, ''));
  const metadata = metadataIn(line).filter((name) => !repeated.includes(name));
  const odd = [...new Set(oddNames(parseJson(line.toString('utf8'))))].map((name) => JSON.stringify(name));
  const listed = (names: readonly string[], one: string, several: string): string[] =>
    names.length === 0 ? [] : [`${names.join(', ')} ${names.length === 1 ? one : several}`];
  const reasons = [
    ...listed(
      repeated,
      'stands twice in an object: the first value counts',
      'stand twice in an object: the first value counts',
    ),
    ...listed(
      metadata,
      'is metadata, which an event cannot have: its value was not read',
      'are metadata, which an event cannot have: their values were not read',
    ),
    ...listed(
      odd.length > 3 ? [...odd.slice(0, 3), '…'] : odd,
      'has an empty part, which Elasticsearch refuses: its value was read',
      'have an empty part, which Elasticsearch refuses: their values were read',
    ),
  ];
  return {
    names: [...repeated, ...metadata],
    reason: reasons.join('; '),
    preview: previewOf(line),
  };
}

/** The first characters of a text. Whoever shows them makes control characters visible. */
export function preview(value: string): string {
  return value.length > 80 ? `${value.slice(0, 80)}…` : value;
}

/** The first characters of a line. */
export const previewOf = (line: Buffer): string => preview(line.toString('utf8', 0, 400));
