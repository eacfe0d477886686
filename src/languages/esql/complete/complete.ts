import type { Catalogue } from '../../../catalogue/catalogue.ts';
import type { Span } from '../../../diagnostics/source-text.ts';
import type { FunctionDefinition } from '../../../functions/definition.ts';
import { functions } from '../../../functions/table.ts';
import type { Plan } from '../../../plan/nodes.ts';
import { count } from '../../../values/quantities.ts';
import { metadataNames } from '../commands/from.ts';
import { definitions } from '../commands/table.ts';
import { identifier, indexName } from '../print/tokens.ts';
import { signature } from '../reference.ts';
import { commandName } from '../syntax/command-words.ts';
import { readablePlan } from './columns-at.ts';
import { cursorAt, type Wanted } from './cursor.ts';

/** Something that may be written at a place. */
export interface Proposal {
  readonly label: string;
  readonly kind: 'command' | 'function' | 'field' | 'index' | 'value' | 'keyword';
  /** Its type, its signature, or how much there is of it. */
  readonly detail: string | null;
  /** One line about it. */
  readonly info: string | null;
  /** What is written. */
  readonly apply: string;
}

export interface Proposals {
  /** What the proposal takes the place of. */
  readonly span: Span;
  /** The best first. */
  readonly items: readonly Proposal[];
  /** The plan of the commands before; null for the first command. */
  readonly plan: Plan | null;
  /** A column whose values may stand here, by its name. */
  readonly valuesOf: string | null;
}

/** What may be written at a place of a query, whose text may be wrong before it and behind it. */
export function complete(text: string, offset: number, catalogue: Catalogue, now: number): Proposals {
  const { wanted, word, before } = cursorAt(text, offset);
  const needsColumns = wanted.kind === 'column' || wanted.kind === 'operand';
  const plan = needsColumns && before !== '' ? readablePlan(before, catalogue, now) : null;
  const items = itemsFor(wanted, plan, catalogue);
  return {
    ...{ span: word, plan },
    items: ranked(items, text.slice(word.start, word.end)),
    valuesOf: wanted.kind === 'operand' ? wanted.comparedWith : null,
  };
}

function itemsFor(wanted: Wanted, plan: Plan | null, catalogue: Catalogue): Proposal[] {
  switch (wanted.kind) {
    case 'command':
      return commandItems(wanted.isFirst);
    case 'index':
      return indexItems(catalogue, wanted.isLookup);
    case 'metadata':
      return metadataNames.map((name) => item(name, 'field', 'metadata', null, name));
    case 'policy':
      return (catalogue.enrichPolicies ?? []).map(({ name, enrichFields }) =>
        item(name, 'index', 'enrich policy', `adds ${enrichFields.join(', ')}`, name),
      );
    case 'column':
      return columnItems(plan);
    case 'operand':
      return [...columnItems(plan), ...functionItems(wanted.part), ...constants];
    case 'words':
      return wanted.words.map((word) => item(word, 'keyword', null, null, word));
    case 'nothing':
      return [];
  }
}

const item = (
  label: string,
  kind: Proposal['kind'],
  detail: string | null,
  info: string | null,
  apply: string,
): Proposal => ({ label, kind, detail, info, apply });

const constants = ['true', 'false', 'null'].map((word) => item(word, 'keyword', null, null, word));

const commandItems = (isFirst: boolean): Proposal[] =>
  definitions
    .filter(({ kind }) => (kind === 'source') === isFirst)
    .map(({ keyword, doc }) => item(commandName(keyword), 'command', null, doc, `${commandName(keyword)} `));

/** Indices with the number of their events; and a pattern for those that are alike. */
function indexItems({ indices, views = [], lists = [] }: Catalogue, isLookup: boolean): Proposal[] {
  const wanted = isLookup ? indices.filter(({ mode }) => mode === 'lookup') : indices;
  const own = wanted.map(({ name, events }) => item(name, 'index', count(events, 'event'), null, indexName(name)));
  if (isLookup)
    return [
      ...lists.map(({ name, rows }) => item(name, 'index', `list, ${count(rows, 'row')}`, null, indexName(name))),
      ...own,
    ];
  const patterns = new Map<string, { indices: number; events: number }>();
  for (const { name, events } of indices) {
    const start = /^(.+?[-.])[^-.]*$/.exec(name)?.[1];
    if (start === undefined) continue;
    const known = patterns.get(`${start}*`) ?? { indices: 0, events: 0 };
    patterns.set(`${start}*`, { indices: known.indices + 1, events: known.events + events });
  }
  const alike = [...patterns].map(([pattern, { indices: many, events }]) =>
    item(pattern, 'index', `${count(events, 'event')} in ${count(many, 'index', 'indices')}`, null, indexName(pattern)),
  );
  return [...own, ...alike, ...views.map(({ name }) => item(name, 'index', 'view', null, indexName(name)))];
}

const columnItems = (plan: Plan | null): Proposal[] =>
  (plan?.output ?? [])
    .filter(({ invalid }) => !invalid)
    .map(({ name, type }) => item(name, 'field', type, null, identifier(name)));

function functionItems(part: 'row' | 'aggregate' | 'key'): Proposal[] {
  const fits = (definition: FunctionDefinition): boolean =>
    definition.kind === 'aggregate' ? part === 'aggregate' : !definition.isGrouping || part === 'key';
  const own = functions.filter(fits);
  // What a place is for stands before the others.
  const first = own.filter((one) => (part === 'aggregate' ? one.kind === 'aggregate' : 'isGrouping' in one));
  return [...first, ...own.filter((one) => !first.includes(one))].map((definition) =>
    item(
      definition.name,
      'function',
      signature(definition).slice(definition.name.length),
      definition.doc,
      `${definition.name}(${definition.parameters.length === 0 ? ')' : ''}`,
    ),
  );
}

/** Proposals that go with what is written: those that begin so, then those in which it stands. */
function ranked(items: readonly Proposal[], written: string): Proposal[] {
  const word = written.toLowerCase().replace(/^["`]/, '');
  if (word === '') return [...items];
  const rank = ({ label }: Proposal): number => {
    const name = label.toLowerCase();
    if (name.startsWith(word)) return 0;
    if (name.includes(`.${word}`) || name.includes(`_${word}`)) return 1;
    return name.includes(word) ? 2 : isSpread(name, word) ? 3 : 4;
  };
  return items
    .map((one) => ({ one, rank: rank(one) }))
    .filter(({ rank }) => rank < 4)
    .sort((a, b) => a.rank - b.rank)
    .map(({ one }) => one);
}

/** Whether the letters of a word stand in a name in their order: `hon` in `host.os.name`. */
function isSpread(name: string, word: string): boolean {
  let at = -1;
  for (const letter of word) {
    at = name.indexOf(letter, at + 1);
    if (at < 0) return false;
  }
  return word.length > 1;
}
