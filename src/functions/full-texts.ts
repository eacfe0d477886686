import { type CallOptions, optionOf } from '../plan/expression.ts';
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
const zeroTerms: OptionDefinition = {
  name: 'zero_terms_query',
  type: 'text',
  doc: 'What a text without a word finds: nothing (none, the default) or everything (all).',
};
const slop: OptionDefinition = {
  name: 'slop',
  type: 'number',
  doc: 'How many places the words of a phrase may be away from their own, all together; 50 at most.',
};
const matchOptions: readonly OptionDefinition[] = [
  {
    name: 'operator',
    type: 'text',
    doc: 'Whether any word of the query must be there (OR, the default), or all (AND).',
  },
  { name: 'minimum_should_match', type: 'text', doc: 'How many words of the query must be there.' },
  { name: 'fuzziness', type: 'text', doc: 'How many edits a word may be away; by its length when AUTO.' },
  { name: 'prefix_length', type: 'number', doc: 'How many letters of such a word must be the same.' },
  ...['analyzer', 'fuzzy_rewrite'].map((name) => ignored(name, 'text')),
  ...['boost', 'max_expansions'].map((name) => ignored(name, 'number')),
  ...['lenient', 'fuzzy_transpositions', 'auto_generate_synonyms_phrase_query'].map((name) => ignored(name, 'boolean')),
  zeroTerms,
];
const phraseOptions: readonly OptionDefinition[] = [
  slop,
  zeroTerms,
  ignored('analyzer', 'text'),
  ignored('boost', 'number'),
];
const multiMatchOptions: readonly OptionDefinition[] = [
  ...matchOptions,
  {
    name: 'type',
    type: 'text',
    doc: 'How words and fields go together: best_fields (the default), most_fields, cross_fields (a word may be in any field), phrase, phrase_prefix or bool_prefix.',
  },
  slop,
  ignored('tie_breaker', 'number'),
];

/** The values of options that are words. */
const allowed: Readonly<Record<'type' | 'zero_terms_query' | 'operator', readonly string[]>> = {
  type: ['best_fields', 'most_fields', 'cross_fields', 'phrase', 'phrase_prefix', 'bool_prefix'],
  zero_terms_query: ['none', 'all'],
  operator: ['or', 'and'],
};

/** What is wrong with a value of an option, null where nothing is. */
function checkOptions(options: CallOptions): string | null {
  for (const name of ['type', 'zero_terms_query', 'operator'] as const) {
    const value = optionOf(options, name);
    if (value !== undefined && !allowed[name].includes(String(value).toLowerCase()))
      return `Invalid option [${name}], expected one of [${allowed[name].join(', ')}], found [${value}]`;
  }
  const places = Number(optionOf(options, 'slop') ?? 0);
  return places < 0 || !Number.isInteger(places) ? 'No negative slop allowed.' : null;
}

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
) => allValues({ parameters, options, checkOptions, keepsNulls: true, returns: () => 'boolean', doc, example });

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
    phraseOptions,
  ),
  MULTI_MATCH: fullText(
    [query, { ...field, variadic: true }],
    'True when any of the fields holds a word of the query.',
    'FROM logs-* | WHERE MULTI_MATCH("alice", user.name, user.target.name)',
    multiMatchOptions,
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
      {
        name: 'phrase_slop',
        type: 'number',
        doc: 'How many places the words of a phrase may be away from their own, where `~` does not say; 50 at most.',
      },
      ...['boost', 'max_determinized_states', 'fuzzy_max_expansions'].map((name) => ignored(name, 'number')),
      ...['analyze_wildcard', 'enable_position_increments', 'fuzzy_transpositions'].map((name) =>
        ignored(name, 'boolean'),
      ),
      ...['auto_generate_synonyms_phrase_query'].map((name) => ignored(name, 'boolean')),
      {
        name: 'minimum_should_match',
        type: 'text',
        doc: 'How many of the clauses without an operator must hold, as a number or a percentage.',
      },
      ...['analyzer', 'quote_analyzer', 'quote_field_suffix', 'rewrite'].map((name) => ignored(name, 'text')),
    ],
  ),
  KQL: fullText(
    [queryText],
    'True for rows that fit a query in Kibana’s query language.',
    'FROM logs-* | WHERE KQL("process.name: cmd.exe and not user.name: SYSTEM")',
    [
      { name: 'default_field', type: 'text', doc: 'The field that words without one are looked for in.' },
      ignored('boost', 'number'),
      {
        name: 'case_insensitive',
        type: 'boolean',
        doc: 'Whether upper and lower case of values are alike (false).',
      },
      zoneOption,
    ],
  ),
});
