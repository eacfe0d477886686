import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openDuckDB } from '../../engines/duckdb/connection.ts';
import { uriPartNames, uriParts } from '../../values/uri-parts.ts';
import { ident, join, type Sql, sql, text } from '../sql.ts';
import { plainUri } from './plain-uri.ts';

/** Pieces that stand where they belong, and where they do not. */
const piece = fc.constantFrom(
  ...['http', 'ftp', '1x', ':', '//', '/', '?', '#', '@', 'user', 'p%41ss', '%7e', '%C3%A9', '%zz', '%0a', '[::1]'],
  ...['example.com', ':8080', ':', 'a.html', '.x', 'q=1&b=2', '+', 'é', ' ', '|', 'a,b', '(c)', "'", '*', '~', '\n'],
);
const one = (...texts: string[]): fc.Arbitrary<string> => fc.constantFrom('', ...texts);
const uri = fc.oneof(
  fc
    .tuple(
      ...[
        one('http:', 'x+y:', ':', '1x:', 'a:b:'),
        one('//', '//', '/', '///'),
        one('u@', 'u:p%21@', ':@', ':p@', 'a@b@'),
      ],
      ...[
        one('h.org', '[::1]', 'h%41', 'é'),
        one(':80', ':', ':x'),
        one('/', '/a.b/c.html', '/a%20b.js', 'x', '//y', '/é'),
      ],
      ...[one('?', '?q=%2f:/@?', '?a b'), one('#', '#f?/', '##', '#%7f')],
    )
    .map((parts) => parts.join('')),
  fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join('')),
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
);

it('takes a plain URI apart as the rules of all do, and leaves others alone', async () => {
  const { connection, close } = await openDuckDB();
  const uris = fc.sample(uri, 6000);
  const groups = ident('g');
  const items = uriPartNames.map((name, i): Sql => sql`${plainUri.column(groups, i)} AS ${ident(name)}`);
  const rows = uris.map((one) => sql`(${text(one)})`);
  const made = sql`SELECT u, ${plainUri.groups(ident('u'))} AS g FROM (VALUES ${join(rows, ', ')}) t(u)`;
  const read = await connection.runAndReadAll(sql`SELECT u, ${join(items, ', ')} FROM (${made}) WHERE g.whole <> ''`);
  const found = read.getRows();
  close();
  expect(found.length).toBeGreaterThan(1000);
  for (const [one, ...parts] of found) {
    const expected = uriParts(String(one));
    expect({ uri: one, parts }).toEqual({
      uri: one,
      parts: (JSON.parse(expected ?? 'null') as string[][] | null)?.map(([part]) => part ?? null),
    });
  }
});
