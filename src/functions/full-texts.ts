import { isGrid, isInDocument } from '../values/types.ts';
import { allValues, familySince, type OptionDefinition, type Parameter } from './definition.ts';
import * as types from './types.ts';

/*
 * Functions that search as Elasticsearch's full-text queries do, as filters: any value of a field may fit, and what is
 * not there does not. The analyzer turns them into conditions (analyze/full-text.ts).
 */

const query: Parameter = { name: 'query', accepts: types.any, constant: true };
const queryText: Parameter = { name: 'query', accepts: types.string, constant: true };
const searched = types.any.types.filter((type) => !isInDocument(type) && !isGrid(type));
const field: Parameter = { name: 'field', accepts: { types: searched, text: types.any.text } };

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
  { name: 'fuzziness', type: 'text', doc: 'How many edits a word may be away; by its length when AUTO.' },
  { name: 'prefix_length', type: 'number', doc: 'How many letters of such a word must be the same.' },
  ...['analyzer', 'fuzzy_rewrite', 'zero_terms_query'].map((name) => ignored(name, 'text')),
  ...['boost', 'max_expansions', 'slop', 'tie_breaker'].map((name) => ignored(name, 'number')),
  ...['lenient', 'fuzzy_transpositions', 'auto_generate_synonyms_phrase_query'].map((name) => ignored(name, 'boolean')),
  ignored('type', 'text'),
];

const zoneOption: OptionDefinition = {
  name: 'time_zone',
  type: 'text',
  doc: 'The zone of dates that say none; that of SET time_zone when absent.',
};

const fullText = (
  parameters: readonly Parameter[],
  doc: string,
  example: string,
  options: readonly OptionDefinition[] = matchOptions,
) => allValues({ parameters, options, keepsNulls: true, returns: () => 'boolean', doc, example });

const releases = {
  '8.17': ['MATCH', 'QSTR'],
  '8.18': ['KQL'],
  '8.19': ['MATCH_PHRASE', 'MULTI_MATCH'],
  snapshot: ['TERM'],
} as const;

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
  TERM: allValues({
    parameters: [{ name: 'field', accepts: types.string }, queryText],
    keepsNulls: true,
    returns: () => 'boolean',
    doc: 'True when a keyword has exactly that value, or a text that word; words of texts are in lower case.',
    example: 'FROM logs-* | WHERE TERM(process.name, "cmd.exe")',
  }),
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
      { name: 'fuzziness', type: 'text', doc: 'How many edits a word with `~` may be away; by its length when AUTO.' },
      { name: 'fuzzy_prefix_length', type: 'number', doc: 'How many letters of a word with `~` must be the same.' },
      { name: 'lenient', type: 'boolean', doc: 'Whether a value that its field cannot have is no error.' },
      { name: 'allow_leading_wildcard', type: 'boolean', doc: 'Whether words may begin with `*` or `?` (true).' },
      zoneOption,
      ...['boost', 'phrase_slop', 'max_determinized_states', 'fuzzy_max_expansions'].map((name) =>
        ignored(name, 'number'),
      ),
      ...['analyze_wildcard', 'enable_position_increments', 'fuzzy_transpositions'].map((name) =>
        ignored(name, 'boolean'),
      ),
      ...['auto_generate_synonyms_phrase_query'].map((name) => ignored(name, 'boolean')),
      ...['analyzer', 'quote_analyzer', 'quote_field_suffix', 'rewrite', 'minimum_should_match'].map((name) =>
        ignored(name, 'text'),
      ),
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
      zoneOption,
    ],
  ),
});
