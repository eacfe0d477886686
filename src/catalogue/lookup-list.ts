import type { Catalogue, Field } from './catalogue.ts';

/** How a value fits a row of a list: they are equal, or the row has a network, a pattern or a domain that holds the value. */
export type ListMatch = 'value' | 'cidr' | 'wildcard' | 'suffix';

/** A file as rows to look up: what `--lookup` names. */
export interface LookupList {
  readonly name: string;
  readonly rows: number;
  /** Its columns, those without a value among them. */
  readonly fields: readonly Field[];
  /** Of each column of texts that holds networks: what in it is none. */
  readonly networks: ReadonlyMap<string, NetworkColumn>;
}

/** How many texts of a column are no networks, and the first of them. */
export interface NetworkColumn {
  readonly count: number;
  readonly invalid: number;
  readonly first: readonly { readonly place: string; readonly text: string }[];
}

const mark = '\0list ';

/** What scans call a list. No index of events is called so: a list may have the name of an index. */
export const indexOfList = (name: string): string => `${mark}${name}`;

/** The list that an index of a scan stands for; null for an index of events. */
export const listOfIndex = (index: string): string | null => (index.startsWith(mark) ? index.slice(mark.length) : null);

export const listOf = ({ lists = [] }: Pick<Catalogue, 'lists'>, name: string): LookupList | undefined =>
  lists.find((list) => list.name === name);
