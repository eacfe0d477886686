import { own } from '../values/own.ts';
import { isObject } from '../values/plain-json.ts';
import type { ComponentTemplate, IndexTemplate, LegacyTemplate, Templates } from './index-template.ts';
import { Refusal } from './refusal.ts';

type Body = IndexTemplate & ComponentTemplate & LegacyTemplate;

const isNumber = (value: unknown): boolean => Number.isFinite(value);
const isText = (value: unknown): boolean => typeof value === 'string';
const areTexts = (value: unknown): boolean => [value].flat().every(isText);

/** What each member of a template must be; other members are kept as they are. */
const members: Readonly<Record<keyof Templates, Partial<Record<keyof Body, (value: unknown) => boolean>>>> = {
  index: {
    index_patterns: areTexts,
    template: isObject,
    composed_of: areTexts,
    priority: isNumber,
    data_stream: isObject,
    ignore_missing_component_templates: areTexts,
  },
  component: { template: isObject },
  legacy: {
    index_patterns: areTexts,
    order: isNumber,
  },
};

const kindNames = { index: 'index_template', component: 'component_template', legacy: 'template' } as const;

/** Throws a Refusal for a template that has not the shape of one. */
export function checkTemplateShape(kind: keyof Templates, body: Readonly<Record<string, unknown>>): void {
  for (const [name, fits] of Object.entries(members[kind])) {
    const value = own(body, name);
    if (value !== undefined && !fits(value))
      throw new Refusal('x_content_parse_exception', `[1:1] [${kindNames[kind]}] failed to parse field [${name}]`, 400);
  }
}
