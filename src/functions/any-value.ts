import { likeError } from '../values/like-pattern.ts';
import { luceneRegexError } from '../values/lucene-regex.ts';
import { type EsqlType, isString, messageName } from '../values/types.ts';
import { type Argument, allValues, familySince, type TypeSet } from './definition.ts';
import * as types from './types.ts';

/* Conditions that any value of a field may meet. They are true or false, never null: no value meets none. */

/** Types whose values stand in an order that a bound can cut; booleans do not count. */
const bounded = types.anyBut(
  'boolean',
  'date, date_nanos, double, integer, ip, keyword, long, text, unsigned_long or version',
);
const comparable: TypeSet = {
  ...bounded,
  types: bounded.types.filter((type) => types.ordered.types.includes(type)),
};

const field = (accepts: TypeSet) => ({ name: 'field', accepts });
const plain = (type: EsqlType): EsqlType => (isString(type) ? 'keyword' : type);
const which = ['first', 'second', 'third'];

/** Bounds are of the type of what they bound; nothing is widened. */
function boundError(args: readonly Argument[], call: string): string | null {
  const typed = args.find(({ type }) => type !== 'null');
  if (!typed) return null;
  const first = args.indexOf(typed);
  const wrong = args.findIndex(({ type }, i) => i > first && type !== 'null' && plain(type) !== plain(typed.type));
  if (wrong < 0 || !comparable.types.includes(typed.type)) return null;
  const { text, type } = args[wrong]!;
  return `${which[wrong]} argument of [${call}] must be [${messageName(plain(typed.type))}], found value [${text}] type [${messageName(type)}]`;
}

const compared = (doc: string, example: string) =>
  allValues({
    parameters: [field(comparable), { name: 'bound', accepts: comparable }],
    options: [{ name: 'include_bound', type: 'boolean', doc: 'Whether the bound itself counts; false when absent.' }],
    keepsNulls: true,
    refuses: boundError,
    returns: () => 'boolean',
    doc,
    example,
  });

const matching = (errorIn: (pattern: string) => string | null, doc: string, example: string) =>
  allValues({
    parameters: [field(types.string), { name: 'pattern', accepts: types.string, constant: true }],
    keepsNulls: true,
    returns([, { value }], call) {
      if (value === null) return { error: `second argument of [${call}] must not be null` };
      const wrong = errorIn(String(value));
      return wrong === null ? 'boolean' : { error: `invalid pattern [${value}] for [${call}]: ${wrong}` };
    },
    doc,
    example,
  });

const releases = { '9.6': ['MV_GREATER', 'MV_LESS', 'MV_IN_RANGE', 'MV_LIKE', 'MV_RLIKE'] } as const;

export const anyValues = familySince('multivalue', releases, {
  MV_GREATER: compared(
    'True when any value is greater than a bound; null or several bounds give false.',
    'ROW a = [1, 5] | EVAL b = MV_GREATER(a, 4), c = MV_GREATER(a, 5, {"include_bound": true})',
  ),
  MV_LESS: compared(
    'True when any value is less than a bound; null or several bounds give false.',
    'ROW a = [1, 5] | EVAL b = MV_LESS(a, 4), c = MV_LESS(a, 1)',
  ),
  MV_IN_RANGE: allValues({
    parameters: [field(comparable), { name: 'lower', accepts: comparable }, { name: 'upper', accepts: comparable }],
    keepsNulls: true,
    refuses: boundError,
    returns: () => 'boolean',
    doc: 'True when any value lies between two bounds, both included; null or several bounds give false.',
    example: 'ROW a = [0, 100] | EVAL b = MV_IN_RANGE(a, 90, 110), c = MV_IN_RANGE(a, 40, 60)',
  }),
  MV_LIKE: matching(
    likeError,
    'True when any value fits a pattern of `*` (any run) and `?` (one character).',
    'ROW a = ["cmd.exe", "whoami"] | WHERE MV_LIKE(a, "cmd*")',
  ),
  MV_RLIKE: matching(
    luceneRegexError,
    'True when any value fits a regular expression in Lucene’s syntax.',
    'ROW a = ["cmd.exe", "whoami"] | WHERE MV_RLIKE(a, "c.d\\\\.exe")',
  ),
});
