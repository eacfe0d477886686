import { type Element, type Instance, isInstance, type Piece, type Value } from './evtx-writer.ts';

/** The value of a slot, as JSON; undefined where there is none. */
export type JsonOf = (value: Value) => unknown;

/** What an element is to become as a member: its key and its value; undefined where it is empty. */
export type Member = readonly [key: string, value: unknown];

/**
 * The document of a record, by the rules and not by the reader: elements are members, attributes stand in `#attributes`,
 * text beside them in `#text`, Data are named by their attribute Name or numbered, several of a name are a list, and what
 * is empty is left out.
 */
export function documentOf(content: Instance | Element, jsonOf: JsonOf): Record<string, unknown> {
  return Object.fromEntries(membersOf(content, jsonOf));
}

function membersOf(content: Instance | Element, jsonOf: JsonOf): Member[] {
  const [template, values] = isInstance(content) ? [content.template, content.values] : [content, []];
  return joined([memberOf(template, values, '', { count: 0 }, jsonOf)].flat());
}

type Numbers = { count: number };

function memberOf(
  element: Element,
  values: readonly Value[],
  parent: string,
  unnamed: Numbers,
  jsonOf: JsonOf,
): Member[] {
  const isData = element.name === 'Data';
  const naming = isData ? element.attributes.find(([name]) => name === 'Name') : undefined;
  const name = naming ? textOf(naming[1], values, jsonOf) : '';
  const items = valuesOf(element, values, jsonOf);
  if (isData && ((naming && name === '') || (!naming && parent === 'EventData')))
    return items.flatMap((item): Member[] => {
      unnamed.count++;
      return item === undefined ? [] : [[`param${unnamed.count}`, item]];
    });
  return items.flatMap((item): Member[] => (item === undefined ? [] : [[naming ? name : element.name, item]]));
}

/** What an element is: several where its text is an array. */
function valuesOf(element: Element, values: readonly Value[], jsonOf: JsonOf): unknown[] {
  const attributes = element.attributes
    .filter(([name]) => name !== 'xmlns' && !(element.name === 'Data' && name === 'Name'))
    .flatMap(([name, pieces]): Member[] => {
      const items = scalarOf(pieces, values, jsonOf).filter((item) => item !== undefined);
      return items.length === 0 ? [] : [[name, items.length === 1 ? items[0] : items]];
    });
  const own: Member[] = attributes.length === 0 ? [] : [['#attributes', Object.fromEntries(attributes)]];
  if (element.content.some((one) => 'name' in one)) {
    const unnamed = { count: 0 };
    const members = element.content.flatMap((one): Member[] => {
      if ('name' in one) return memberOf(one, values, element.name, unnamed, jsonOf);
      const value = 'slot' in one ? values[one.slot] : undefined;
      return value && 'nested' in value ? membersOf(value.nested, jsonOf) : [];
    });
    const all = [...own, ...joined(members)];
    return [all.length === 0 ? undefined : Object.fromEntries(all)];
  }
  const items = scalarOf(element.content as readonly Piece[], values, jsonOf);
  if (own.length === 0) return items;
  const there = items.filter((item) => item !== undefined);
  const text: Member[] = there.length === 0 ? [] : [['#text', there.length === 1 ? there[0] : there]];
  return [Object.fromEntries([...own, ...text])];
}

/** Pieces as values: a value alone as it is, several as one text. */
function scalarOf(pieces: readonly Piece[], values: readonly Value[], jsonOf: JsonOf): unknown[] {
  const [only] = pieces;
  if (pieces.length === 1 && only && 'slot' in only) {
    const value = values[only.slot];
    if (!value) return [undefined];
    if ('nested' in value) {
      const members = membersOf(value.nested, jsonOf);
      return [members.length === 0 ? undefined : Object.fromEntries(members)];
    }
    const item = jsonOf(value);
    return Array.isArray(item) ? item : [item];
  }
  const text = textOf(pieces, values, jsonOf);
  return [text === '' ? undefined : text];
}

const entities = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function textOf(pieces: readonly Piece[], values: readonly Value[], jsonOf: JsonOf): string {
  return pieces
    .map((piece) => {
      if ('text' in piece) return piece.text;
      if ('cdata' in piece) return piece.cdata;
      if ('entity' in piece) return entities[piece.entity];
      if ('character' in piece) return String.fromCharCode(piece.character);
      const value = values[piece.slot];
      const json = value && 'bytes' in value ? jsonOf(value) : undefined;
      // A list has no place in a text but for its first value.
      return String((Array.isArray(json) ? json[0] : json) ?? '');
    })
    .join('');
}

/** Members of one name as one with a list. */
function joined(members: readonly Member[]): Member[] {
  const all = new Map<string, unknown[]>();
  for (const [key, value] of members) all.set(key, [...(all.get(key) ?? []), value]);
  return [...all].map(([key, values]): Member => [key, values.length === 1 ? values[0] : values]);
}
