import { patternMatcher } from '../catalogue/index-pattern.ts';
import { flatSettings } from './index-settings.ts';
import { ecsSetting, type IndexSettings } from './index-table.ts';
import { type Lifecycle, parseLifecycle } from './lifecycle.ts';
import { Mapping, type MappingDefinition } from './mapping.ts';
import { checkDefinition, limitsOf } from './mapping-limits.ts';
import { illegalArgument, Refusal } from './refusal.ts';
import { sourceModeSetting } from './synthetic-source.ts';
import { checkTemplateShape } from './template-shape.ts';

/** What a template gives to new indices. */
export interface TemplateBody {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly mappings?: MappingDefinition;
  readonly aliases?: Readonly<Record<string, unknown>>;
  readonly lifecycle?: unknown;
}

/** A composable index template as the API takes it. */
export interface IndexTemplate {
  readonly index_patterns: string | readonly string[];
  readonly template?: TemplateBody;
  readonly composed_of?: string | readonly string[];
  readonly priority?: number;
  readonly data_stream?: Readonly<Record<string, unknown>>;
  readonly ignore_missing_component_templates?: string | readonly string[];
}

export interface ComponentTemplate {
  readonly template?: TemplateBody;
}

/** A template as they were before Elasticsearch 7.8; shippers still send them. */
export interface LegacyTemplate extends TemplateBody {
  readonly index_patterns: string | readonly string[];
  readonly order?: number;
}

/** What a new index begins with. */
export interface NewIndex {
  readonly mapping: MappingDefinition;
  readonly settings: IndexSettings;
  readonly isDataStream: boolean;
  readonly lifecycle: Lifecycle | null;
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
      template: { settings: ecsSettings() },
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

/** What is kept under each kind's names. */
export interface Templates {
  readonly index: ReadonlyMap<string, IndexTemplate>;
  readonly component: ReadonlyMap<string, ComponentTemplate>;
  readonly legacy: ReadonlyMap<string, LegacyTemplate>;
}

/**
 * What a new index of that name begins with: the template of the highest priority that matches, and its components; where
 * none does, all legacy templates that match, in their order.
 */
export function newIndexFor(name: string, { index, component, legacy }: Templates): NewIndex | null {
  const matches = ({ index_patterns }: { readonly index_patterns: string | readonly string[] }): boolean =>
    [index_patterns].flat().some((pattern) => patternMatcher(pattern)(name));
  const [best] = [...Object.values(builtIn), ...index.values()]
    .filter(matches)
    .sort((a, b) => (b.priority ?? 0) - (a.priority ?? 0));
  if (best) return { ...composed(bodiesOf(best, component)), isDataStream: best.data_stream !== undefined };
  const old = [...legacy.values()].filter(matches).sort((a, b) => (a.order ?? 0) - (b.order ?? 0));
  return old.length === 0 ? null : { ...composed(old), isDataStream: false };
}

/** Throws a Refusal for a template that no index could begin with: now, and not when its first document comes. */
export function checkTemplate(
  kind: keyof Templates,
  name: string,
  body: unknown,
  { index, component }: Templates,
): void {
  checkTemplateShape(kind, body as Readonly<Record<string, unknown>>);
  if (kind === 'component') {
    const changed = new Map(component).set(name, body as ComponentTemplate);
    composed([(body as ComponentTemplate).template ?? {}]);
    for (const template of index.values())
      if ([template.composed_of ?? []].flat().includes(name)) composed(bodiesOf(template, changed));
    return;
  }
  const template = body as IndexTemplate & LegacyTemplate;
  if (template.index_patterns === undefined)
    throw new Refusal('action_request_validation_exception', 'Validation Failed: 1: index patterns are missing;', 400);
  composed(kind === 'legacy' ? [template] : bodiesOf({ ...template, name }, component));
}

function bodiesOf(
  template: IndexTemplate & { readonly name?: string },
  components: Templates['component'],
): TemplateBody[] {
  const { composed_of = [], ignore_missing_component_templates: optional = [], name = '' } = template;
  const names = [composed_of].flat();
  const missing = names.filter((one) => !components.has(one) && ![optional].flat().includes(one));
  if (missing.length > 0)
    throw new Refusal(
      'invalid_index_template_exception',
      `index_template [${name}] invalid, cause [index template [${name}] specifies component templates [${missing.join(', ')}] that do not exist]`,
      400,
    );
  // Elasticsearch has the lifecycle in `template`; in `data_stream` people look for it as well.
  const { lifecycle } = template.data_stream ?? {};
  return [
    ...names.flatMap((one) => components.get(one)?.template ?? []),
    ...(lifecycle === undefined ? [] : [{ lifecycle }]),
    template.template ?? {},
  ];
}

function composed(bodies: readonly TemplateBody[]): Omit<NewIndex, 'isDataStream'> {
  const settings: IndexSettings = Object.fromEntries(
    bodies.flatMap((body) => Object.entries(flatSettings(body.settings ?? {}))),
  );
  const mapping = new Mapping();
  let lifecycle: Lifecycle | null = null;
  for (const { mappings = {}, aliases, lifecycle: own } of bodies) {
    refuseAliases(aliases);
    if (own !== undefined && own !== null) lifecycle = parseLifecycle(own);
    checkDefinition(mappings, limitsOf(settings));
    mapping.merge(mappings);
  }
  return { mapping: mapping.definition, settings, lifecycle };
}

/** Without this, events would go to an index that nobody finds under its other name. */
function refuseAliases(aliases: unknown): void {
  if (Object.keys(aliases ?? {}).length > 0)
    throw illegalArgument('aliases of templates are not supported: give them to indices with POST _aliases');
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
              ? 'index name is too long, (at most 255 bytes)'
              : null;
  if (wrong !== null)
    throw new Refusal('invalid_index_name_exception', `Invalid index name [${name}], ${wrong}`, 400, null, {
      index: name,
    });
}
