import { allValues, familySince, type OptionDefinition, type Parameter } from './definition.ts';
import * as types from './types.ts';

/*
 * Functions that search as Elasticsearch's full-text queries do, as filters: any value of a field may fit, and what is
 * not there does not. The analyzer turns them into conditions (analyze/full-text.ts).
 */

const query: Parameter = { name: 'query', accepts: types.any, constant: true };
const queryText: Parameter = { name: 'query', accepts: types.string, constant: true };
const field: Parameter = { name: 'field', accepts: types.any };

const ignored = (name: string, type: OptionDefinition['type']): OptionDefinition => ({
  name,
  type,
  doc: 'Taken, and without effect on which rows fit.',
});
const matchOptions: readonly OptionDefinition[] = [
  {
    name: 'operator',
    type: 'text',
    doc: 'Whether any word of the query must be there (OR, the default), or all (AND).',
  },
  { name: 'minimum_should_match', type: 'text', doc: 'How many words of the query must be there.' },
  ...['analyzer', 'fuzziness', 'fuzzy_rewrite', 'zero_terms_query'].map((name) => ignored(name, 'text')),
  ...['boost', 'max_expansions', 'prefix_length', 'slop', 'tie_breaker'].map((name) => ignored(name, 'number')),
  ...['lenient', 'fuzzy_transpositions', 'auto_generate_synonyms_phrase_query'].map((name) => ignored(name, 'boolean')),
  ignored('type', 'text'),
];

const fullText = (
  parameters: readonly Parameter[],
  doc: string,
  example: string,
  options: readonly OptionDefinition[] = matchOptions,
) => allValues({ parameters, options, keepsNulls: true, returns: () => 'boolean', doc, example });

const releases = { '8.17': ['MATCH', 'QSTR'], '8.18': ['KQL'], '8.19': ['MATCH_PHRASE', 'MULTI_MATCH'] } as const;

export const fullTexts = familySince('full text', releases, {
  MATCH: fullText(
    [field, query],
    'True when a field holds a word of the query; `field : query` says the same.',
    'FROM logs-* | WHERE MATCH(message, "login failed", {"operator": "AND"})',
  ),
  MATCH_PHRASE: fullText(
    [field, queryText],
    'True when a field holds the words of the query in their order.',
    'FROM logs-* | WHERE MATCH_PHRASE(message, "login failed")',
  ),
  MULTI_MATCH: fullText(
    [query, { ...field, variadic: true }],
    'True when any of the fields holds a word of the query.',
    'FROM logs-* | WHERE MULTI_MATCH("alice", user.name, user.target.name)',
  ),
  QSTR: fullText(
    [queryText],
    'True for rows that fit a query in Lucene’s syntax.',
    'FROM logs-* | WHERE QSTR("process.name:cmd.exe AND NOT user.name:SYSTEM")',
    [
      {
        name: 'default_operator',
        type: 'text',
        doc: 'How words without an operator go together: OR (the default) or AND.',
      },
      { name: 'default_field', type: 'text', doc: 'The field that words without one are looked for in.' },
      ...['boost', 'fuzziness', 'phrase_slop'].map((name) => ignored(name, 'number')),
      ...['lenient', 'analyze_wildcard', 'allow_leading_wildcard'].map((name) => ignored(name, 'boolean')),
      ignored('analyzer', 'text'),
      ignored('time_zone', 'text'),
    ],
  ),
  KQL: fullText(
    [queryText],
    'True for rows that fit a query in Kibana’s query language.',
    'FROM logs-* | WHERE KQL("process.name: cmd.exe and not user.name: SYSTEM")',
    [
      { name: 'default_field', type: 'text', doc: 'The field that words without one are looked for in.' },
      ignored('boost', 'number'),
      ignored('case_insensitive', 'boolean'),
      ignored('time_zone', 'text'),
    ],
  ),
});
