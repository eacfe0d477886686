import { uriPartNames } from '../../values/uri-parts.ts';
import { ident, list, type Sql, sql, text } from '../sql.ts';
import type { PlainForm } from './text-parsers.ts';

/*
 * URIs as they nearly always are: of ASCII, one name or address before the port, escapes of ASCII alone, and nothing left
 * empty behind a sign that announces it.
 */

const escaped = '%[2-7][0-9A-Fa-f]';
/** Characters that may stand anywhere, but for `: / ? # [ ] @`. */
const free = '!$&-.0-9;=A-Z_a-z~';
const some = (more: string): string => `(?:[${free}${more}]|${escaped})`;

/** The groups of the expression, in their order. */
const groupNames = ['whole', 'scheme', 'user', 'domain', 'port', 'path', 'bare', 'query', 'fragment'];

const expression = [
  '^((?:([A-Za-z][A-Za-z0-9+.-]*):)?',
  // The path behind a name, or one without: two slashes would begin a name, and a colon end a scheme.
  `(?://(?:(${some(':')}+)@)?([${free}]*)(?::([0-9]*))?((?:/${some(':@\\[\\]/')}*)?)|(/|/?${some('@\\[\\]')}${some('@\\[\\]/')}*|))`,
  `(?:\\?(${some(':@\\[\\]/?')}+))?`,
  `(?:#(${some(':@\\[\\]/?#')}+))?)$`,
].join('');

const decoded = (part: Sql): Sql => sql`CASE WHEN contains(${part}, '%') THEN url_decode(${part}) ELSE ${part} END`;
const unlessEmpty = (part: Sql): Sql => sql`nullif(${part}, '')`;

type Groups = (name: string) => Sql;

const pathOf = (group: Groups): Sql => sql`(${group('path')} || ${group('bare')})`;

/** The place of a password's colon in the user's part. */
const behindColon = (user: Sql): Sql => sql`strpos(${user}, ':')`;

const parts: Readonly<Record<(typeof uriPartNames)[number], (group: Groups) => Sql>> = {
  domain: (group) => unlessEmpty(group('domain')),
  fragment: (group) => unlessEmpty(decoded(group('fragment'))),
  path: (group) => decoded(pathOf(group)),
  extension: (group) => unlessEmpty(sql`regexp_extract(${pathOf(group)}, '\\.([^./]+)$', 1)`),
  port: (group) => unlessEmpty(group('port')),
  query: (group) => unlessEmpty(decoded(group('query'))),
  scheme: (group) => unlessEmpty(group('scheme')),
  user_info: (group) => unlessEmpty(decoded(group('user'))),
  username(group) {
    const user = group('user');
    return sql`CASE WHEN ${behindColon(user)} > 1 THEN ${decoded(sql`left(${user}, ${behindColon(user)} - 1)`)} END`;
  },
  password(group) {
    const user = group('user');
    return sql`CASE WHEN ${behindColon(user)} > 1 THEN ${decoded(sql`substring(${user}, ${behindColon(user)} + 1)`)} END`;
  },
};

export const plainUri: PlainForm = {
  groups: (value) => sql`regexp_extract(${value}, ${text(expression)}, ${list(groupNames.map(text))})`,
  column: (groups, column) => parts[uriPartNames[column]!]((name) => sql`${groups}.${ident(name)}`),
};
