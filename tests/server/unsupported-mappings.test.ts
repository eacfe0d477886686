import { describe, expect, it } from 'vitest';
import { startServer } from './support.ts';

/* A parameter of a mapping that has no effect here and would change answers is refused by name, through every door. */

const refused: readonly (readonly [parameter: string, mappings: object])[] = [
  ['copy_to', { properties: { a: { type: 'keyword', copy_to: 'all' }, all: { type: 'keyword' } } }],
  ['copy_to', { properties: { a: { properties: { b: { type: 'keyword', copy_to: ['x', 'y'] } } } } }],
  ['copy_to', { dynamic_templates: [{ t: { match: '*', mapping: { type: 'keyword', copy_to: 'all' } } }] }],
  ['script', { properties: { a: { type: 'long', script: { source: 'emit(1)' } } } }],
  ['normalizer', { properties: { a: { type: 'keyword', normalizer: 'folded' } } }],
  ['normalizer', { properties: { a: { type: 'text', fields: { raw: { type: 'keyword', normalizer: 'folded' } } } } }],
  ['coerce', { properties: { a: { type: 'long', coerce: false } } }],
  ['runtime', { runtime: { day: { type: 'keyword', script: { source: 'emit("a")' } } } }],
  ['runtime', { dynamic_templates: [{ t: { match_mapping_type: 'string', runtime: { type: 'keyword' } } }] }],
  ['dynamic_date_formats', { dynamic_date_formats: ['MM/dd/yyyy'] }],
  ['_source', { _source: { enabled: false } }],
  ['_source', { _source: { excludes: ['secret.*'] } }],
  ['_source', { _source: { includes: ['a'] } }],
];

const accepted: readonly object[] = [
  { properties: { a: { type: 'keyword', copy_to: [], normalizer: 'lowercase', ignore_above: 10 } } },
  { properties: { a: { type: 'long', coerce: true, null_value: 1, doc_values: false, index: false, store: true } } },
  { properties: { a: { type: 'text', norms: false, similarity: 'boolean', index_options: 'docs' } } },
  { runtime: {}, _source: {}, _meta: { x: 1 }, date_detection: false, dynamic_date_formats: ['MM/dd/yyyy'] },
  { _source: { mode: 'synthetic' }, dynamic_date_formats: ['strict_date_optional_time', 'yyyy/MM/dd'].slice(0, 1) },
];

describe('mapping parameters', () => {
  it('are refused by name where they would change answers', async () => {
    const { send } = await startServer();
    await send('PUT', '/there');
    const doors: readonly (readonly [string, (mappings: object) => object])[] = [
      ['/made', (mappings) => ({ mappings })],
      ['/there/_mapping', (mappings) => mappings],
      ['/_index_template/t', (mappings) => ({ index_patterns: ['t-*'], template: { mappings } })],
      ['/_component_template/c', (mappings) => ({ template: { mappings } })],
      ['/_template/l', (mappings) => ({ index_patterns: ['l-*'], mappings })],
    ];
    for (const [parameter, mappings] of refused)
      for (const [path, bodyOf] of doors) {
        const { status, json } = await send('PUT', path, bodyOf(mappings));
        const said = String(json.error?.reason).includes(`mapping parameter [${parameter}]`);
        expect
          .soft([path, JSON.stringify(mappings), status, said])
          .toEqual([path, JSON.stringify(mappings), 400, true]);
      }
  });

  it('are taken where they would not', async () => {
    const { send } = await startServer();
    for (const [i, mappings] of accepted.entries()) {
      const { status, json } = await send('PUT', `/a${i}`, { mappings });
      expect.soft([mappings, status, json.error?.reason]).toEqual([mappings, 200, undefined]);
    }
  });
});
