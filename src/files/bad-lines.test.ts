import { expect, it } from 'vitest';
import { temporaryFolder } from '../../tests/support/temporary-folder.ts';
import { readHere } from '../documents/documents.ts';
import { longestDocument } from '../documents/line-texts.ts';
import type { KnownNames } from '../documents/names.ts';
import { explain, explainMembers } from './bad-lines.ts';

const names: KnownNames = {
  ...{ fields: [], objects: [], opaque: [], open: [], unknown: 'discover', duplicates: 'first', hits: true },
};

/** What the reader says of a line. */
function read(line: Buffer): { isUnread: boolean; isInPart: boolean } {
  const places = Uint32Array.of(0, line.length);
  const bytes = new Uint8Array(line);
  const piece = { bytes, places, keeps: 'none', together: false, first: 0 } as const;
  const { unread, duplicates } = readHere({ piece, names, path: `${temporaryFolder()}/x` });
  return { isUnread: unread.length > 0, isInPart: duplicates.length > 0 };
}

const arrays = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const longName = 'x'.repeat(1 << 20);
const longNames = Array.from({ length: 256 }, (_, n) => `"${n}":1`).join(',');

/** Every reason, and the least that has it. */
it.each<[string, string | Buffer, boolean?]>([
  ['binary data', '\0'],
  ['invalid UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
  ['invalid UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), true],
  ['the last line is cut off', Buffer.from('{"é').subarray(0, 3), true],
  ['the last line is cut off', '{', true],
  ['the last line is cut off', '{"a":"x', true],
  ['the last line is cut off', '{"a":"\\u00', true],
  ['the last line is cut off', '{"a":tr', true],
  ['the last line is cut off', '{"a":1,', true],
  ["malformed JSON: Expected property name or '}' at character 1", '{'],
  ["malformed JSON: Expected property name or '}' at character 1", '{a}', true],
  ['malformed JSON: Unterminated string at character 2', '{"'],
  ['malformed JSON: Unexpected end of JSON input', '{"":'],
  ["malformed JSON: Unexpected token 'x'", 'x'],
  ['malformed JSON: Bad control character in string literal at character 2', '{"\t":1}'],
  ['malformed JSON: Unexpected number at character 5', '{"":01}'],
  ['malformed JSON: Bad escaped character at character 3', '{"\\x":1}'],
  ['malformed JSON: Bad Unicode escape at character 9', '{"":"\\ud8"}'],
  ['not a JSON object but a number', '1'],
  ['not a JSON object but a string', '""'],
  ['not a JSON object but a boolean', 'true'],
  ['not a JSON object but null', 'null'],
  ['not a JSON object but an array', '[]'],
  ['nested deeper than 200 levels', `{"":${arrays(200)}}`],
  [`nested deeper than 200 levels`, `{"":${arrays(100_000)}}`],
  ['more names of fields than can be read at once', `{"${longName}":{${longNames}}}`],
  [`malformed JSON: Expected ',' or '}' after property value at character ${(1 << 20) + 7}`, `{"a":"${longName}"x}`],
])('%s', (reason, line, isOpen = false) => {
  const bytes = Buffer.from(line);
  expect(read(bytes).isUnread).toBe(true);
  expect(explain(bytes, isOpen).reason).toBe(reason);
});

it('says that a line is too long without looking into it', () => {
  expect(explain(Buffer.alloc(longestDocument + 1), false).reason).toBe('longer than 256 MB');
});

it.each([
  ['{"a":1,"":"\\ud83d\\ude00\\\\ud800"}'],
  [`{"":${arrays(199)}}`],
  [`{"${longName}":{${longNames.slice(0, 1000)}}}`.replace(/,[^,]*}}$/, '}}')],
])('reads what is within its limits', (line) => {
  expect(read(Buffer.from(line)).isUnread).toBe(false);
});

it.each([
  ['"a..b" has an empty part, which Elasticsearch refuses: its value was read', '{"a..b":1}'],
  [
    '".a", "a.", "o. ", … have an empty part, which Elasticsearch refuses: their values were read',
    '{".a":1,"a.":[2],"o":{" ":3,"":4}}',
  ],
  ['a stands twice in an object: the first value counts', '{"a":1,"a":2}'],
  ['a stands twice in an object: the first value counts', '{"_source":{"a":1,"a":2},"_version":1}'],
  ['_version is metadata, which an event cannot have: its value was not read', '{"a":1,"_version":2}'],
  ['_id is metadata, which an event cannot have: its value was not read', '{"a":1,"_id":2}'],
  ['_id is metadata, which an event cannot have: its value was not read', '{"_source":{"_id":"x"},"_version":1}'],
  ['_score is metadata, which an event cannot have: its value was not read', '{"_id":"x","a":1,"_score":[1]}'],
])('%s: %s', (reason, line) => {
  expect(read(Buffer.from(line))).toEqual({ isUnread: false, isInPart: true });
  expect(explainMembers(Buffer.from(line)).reason).toBe(reason);
});
