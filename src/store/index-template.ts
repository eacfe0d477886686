import { patternMatcher } from '../catalogue/index-pattern.ts';
import { ecsSetting, type IndexSettings } from './index-table.ts';
import { Mapping, type MappingDefinition } from './mapping.ts';
import { illegalArgument, Refusal } from './refusal.ts';
import { sourceModeSetting } from './synthetic-source.ts';

/** What a template gives to new indices. */
export interface TemplateBody {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly mappings?: MappingDefinition;
  readonly aliases?: Readonly<Record<string, unknown>>;
}

/** A composable index template as the API takes it. */
export interface IndexTemplate {
  readonly index_patterns: string | readonly string[];
  readonly template?: TemplateBody;
  readonly composed_of?: readonly string[];
  readonly priority?: number;
  readonly data_stream?: Readonly<Record<string, unknown>>;
  readonly ignore_missing_component_templates?: readonly string[];
}

/** What a new index begins with. */
export interface NewIndex {
  readonly mapping: MappingDefinition;
  readonly settings: IndexSettings;
  readonly isDataStream: boolean;
}

/**
 * Elastic's own template for log data streams, in what matters here: the types of ECS, values that do not fit left out
 * instead of the whole event, fields beyond the limit kept in the source alone, and the source of other events made of
 * their fields when somebody asks for it.
 */
export const builtIn: Readonly<Record<string, IndexTemplate>> = Object.fromEntries(
  ['logs', 'metrics', 'synthetics', 'traces'].map((type) => [
    type,
    {
      index_patterns: [`${type}-*-*`],
      priority: 100,
      data_stream: {},
      template: { settings: ecsSettings(), mappings: { properties: { '@timestamp': { type: 'date' } } } },
    },
  ]),
);

/** The settings of indices that hold logs of a known kind. */
export function ecsSettings(): IndexSettings {
  return {
    [ecsSetting]: 'true',
    'mapping.ignore_malformed': 'true',
    'mapping.total_fields.limit': '10000',
    'mapping.total_fields.ignore_dynamic_beyond_limit': 'true',
    [sourceModeSetting]: 'synthetic',
  };
}

/** What a new index of that name begins with: the template of the highest priority that matches, and its components. */
export function newIndexFor(
  name: string,
  templates: ReadonlyMap<string, IndexTemplate>,
  components: ReadonlyMap<string, { readonly template?: TemplateBody }>,
): NewIndex | null {
  const candidates = [...Object.values(builtIn), ...templates.values()].filter((template) =>
    [template.index_patterns].flat().some((pattern) => patternMatcher(pattern)(name)),
  );
  const [best] = candidates.sort((a, b) => (b.priority ?? 0) - (a.priority ?? 0));
  if (!best) return null;
  const bodies = (best.composed_of ?? []).flatMap((component) => {
    const found = components.get(component);
    if (!found && !best.ignore_missing_component_templates?.includes(component))
      throw illegalArgument(`index template refers to component template [${component}], which does not exist`);
    return found?.template ?? [];
  });
  const mapping = new Mapping();
  let settings: IndexSettings = {};
  for (const body of [...bodies, best.template ?? {}]) {
    mapping.merge(body.mappings ?? {});
    settings = { ...settings, ...flatSettings(body.settings ?? {}) };
  }
  return { mapping: mapping.definition, settings, isDataStream: best.data_stream !== undefined };
}

/** Settings with dotted names and without the leading `index.`, values as texts. */
export function flatSettings(settings: Readonly<Record<string, unknown>>): IndexSettings {
  const flat: Record<string, string> = {};
  const visit = (value: unknown, name: string): void => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [key, child] of Object.entries(value)) visit(child, name === '' ? key : `${name}.${key}`);
    } else if (value !== null && value !== undefined) {
      flat[name.replace(/^index\./, '')] = Array.isArray(value) ? JSON.stringify(value) : String(value);
    }
  };
  visit(settings, '');
  return flat;
}

const forbidden = /[\\/*?"<>| ,#:]/;

/** Throws a Refusal for a name that no index may have. */
export function checkIndexName(name: string): void {
  const wrong =
    name === '' || name === '.' || name === '..'
      ? "must not be '.' or '..' or empty"
      : name !== name.toLowerCase()
        ? 'must be lowercase'
        : /^[_+-]/.test(name)
          ? "must not start with '_', '-', or '+'"
          : forbidden.test(name) || [...name].some((character) => character < ' ')
            ? `must not contain the following characters [' ','"','*',',','/','<','>','?','\\','|']`
            : Buffer.byteLength(name) > 255
              ? 'index name is too long, (255 bytes at the most)'
              : null;
  if (wrong !== null)
    throw new Refusal('invalid_index_name_exception', `Invalid index name [${name}], ${wrong}`, 400, null, {
      index: name,
    });
}
