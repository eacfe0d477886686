import { aggregate, allValues, family, singleValue } from './definition.ts';
import * as types from './types.ts';

/*
 * Functions that no query can call: what commands, and questions about a query's events, come to. Arguments of theirs are
 * right as they are given.
 */

const any = (name: string) => ({ name, accepts: types.any });
const constant = (name: string) => ({ name, accepts: types.any, constant: true }) as const;
const text = { name: 'text', accepts: types.string };
const untold = { doc: '', example: '' };

export const internals = family('internal', {
  /* IN (FROM …) */
  /** A value that must be one. */
  ONE_VALUE: singleValue({ parameters: [any('value')], returns: ([{ type }]) => type, ...untold }),

  /* BUCKET with empty buckets */
  /** Every bucket between two bounds. */
  BUCKETS: allValues({
    parameters: [constant('size'), constant('from'), constant('to')],
    resultIsMulti: () => true,
    returns: () => 'unsupported',
    ...untold,
  }),

  /* CATEGORIZE */
  /** Each different text with its category, a tab between them; with the options of the call. */
  CATEGORIES: aggregate({ parameters: [text], returns: () => 'keyword', multi: true, ...untold }),
  /** One of the parts of a text that tabs separate, counted from one. */
  PART: singleValue({ parameters: [text, constant('place')], returns: () => 'keyword', ...untold }),

  /* ENRICH with ranges */
  /** The ranges that a field of a document holds, as texts: a bound, a tab, the other. */
  RANGES: singleValue({
    parameters: [any('document'), constant('field'), constant('kind')],
    givesList: true,
    returns: () => 'keyword',
    ...untold,
  }),
  /** A bound of such a range, the first or the second, in the type of the call. */
  BOUND: singleValue({ parameters: [text, constant('place')], returns: () => 'unsupported', ...untold }),
  /** True when a value, or one of several, lies between two others. */
  BETWEEN: allValues({ parameters: [any('value'), any('low'), any('high')], returns: () => 'boolean', ...untold }),

  /** True when a text, or one of several, lies in a range that a field of a document holds, whatever that is of. */
  IN_RANGES: allValues({
    parameters: [any('value'), any('document'), constant('field')],
    returns: () => 'boolean',
    ...untold,
  }),

  /* SET unmapped_fields = "load" */
  /** The values that documents of the indices of the options hold under a name, as texts. */
  LOADED: allValues({
    parameters: [any('document'), any('index'), constant('name')],
    resultIsMulti: () => true,
    returns: () => 'keyword',
    ...untold,
  }),

  /* FUSE */
  /** What a row adds to the score of its key, by the method and the weights that the options name. */
  SHARE: singleValue({
    parameters: [
      any('value'),
      any('group'),
      { ...any('low'), optional: true },
      { ...any('high'), optional: true },
      { ...any('squares'), optional: true },
    ],
    returns: () => 'double',
    ...untold,
  }),
  SUM_OF_SQUARES: aggregate({ parameters: [any('value')], returns: () => 'double', ...untold }),

  /* Histories of a hunt */
  /** The numbers of the windows of a schedule that hold a time; the options are those of the schedule. */
  WINDOWS: allValues({ parameters: [any('time')], resultIsMulti: () => true, returns: () => 'long', ...untold }),
});
