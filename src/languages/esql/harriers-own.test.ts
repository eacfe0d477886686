import { expect, it } from 'vitest';
import type { Catalogue } from '../../catalogue/catalogue.ts';
import { CompiledQuery } from './compiled-query.ts';

const catalogue = (isElasticsearch: boolean): Catalogue => ({
  indices: [],
  field: () => undefined,
  fieldsOf: () => [],
  knownNames: [],
  isElasticsearch,
});

const problems = (text: string, isElasticsearch: boolean): string[] =>
  new CompiledQuery(text)
    .analyze(catalogue(isElasticsearch), { now: 0, defaultLimit: null })
    .diagnostics.map(({ message }) => message);

it('refuses what is no part of Elasticsearch over a cluster, by its name', () => {
  const query = 'ROW a = "x" | EVAL b = harrier_entropy(a) | HARRIER_PREVIOUS c = a ON a';
  expect(problems(query, false)).toEqual([]);
  expect(problems(query, true)).toEqual([
    '[HARRIER_ENTROPY] is Harrier’s own: a cluster does not have it; over files and stores it runs',
    '[HARRIER_PREVIOUS] is Harrier’s own: a cluster does not have it; over files and stores it runs',
  ]);
});

it('takes databases of locations for granted over a cluster alone', () => {
  const query = 'ROW a = "10.0.0.1" | IP_LOCATION g = a WITH {"database_file": "GeoLite2-ASN.mmdb"}';
  expect(problems(query, true)).toEqual([]);
  expect(problems(query, false)).toEqual(['Unknown database [GeoLite2-ASN.mmdb]']);
});
