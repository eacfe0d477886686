import type { IndexSettings } from './index-table.ts';
import { illegalArgument, Refusal } from './refusal.ts';
import { sourceModeSetting } from './synthetic-source.ts';

/** Values of settings that are used here; other settings are kept as they are. */
const known = new Map<string, RegExp | readonly [least: number, most: number]>([
  ['mapping.total_fields.limit', [0, 2 ** 31 - 1]],
  // Elasticsearch has no upper bound; here mappings are read recursively.
  ['mapping.depth.limit', [1, 1000]],
  ['mapping.ignore_malformed', /^(?:true|false)$/],
  ['mapping.total_fields.ignore_dynamic_beyond_limit', /^(?:true|false)$/],
  [sourceModeSetting, /^(?:stored|synthetic|disabled)$/i],
]);

const longestName = 256;

/**
 * Settings with dotted names and without the leading `index.`, values as texts. Throws a Refusal for what are no
 * settings, and for values that would fail later.
 */
export function flatSettings(settings: unknown): IndexSettings {
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings))
    throw new Refusal('parse_exception', 'key [settings] must be an object', 400);
  const flat = new Map<string, string>();
  const visit = (value: unknown, name: string): void => {
    if (name.length > longestName) throw illegalArgument(`unknown setting [${name.slice(0, longestName)}...]`);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [key, child] of Object.entries(value)) visit(child, name === '' ? key : `${name}.${key}`);
    } else if (value !== null && value !== undefined) {
      const short = name.replace(/^index\./, '');
      const written = Array.isArray(value) ? JSON.stringify(value) : String(value);
      checkValue(short, written);
      flat.set(short, written);
    }
  };
  visit(settings, '');
  return Object.fromEntries(flat);
}

function checkValue(name: string, value: string): void {
  const expected = known.get(name);
  const fits =
    expected === undefined ||
    (expected instanceof RegExp
      ? expected.test(value)
      : /^\d{1,10}$/.test(value) && Number(value) >= expected[0] && Number(value) <= expected[1]);
  if (!fits) throw illegalArgument(`Failed to parse value [${value}] for setting [index.${name}]`);
}
