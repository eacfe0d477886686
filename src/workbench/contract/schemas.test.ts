import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import { callSchemas, jobSchemas } from './schemas.ts';

it.each([
  ...Object.entries(callSchemas).map(([name, schema]) => [`call ${name}`, schema] as const),
  ...Object.entries(jobSchemas).map(([name, schema]) => [`job ${name}`, schema] as const),
])('%s has a valid schema', (_, schema) => {
  const ajv = new Ajv({ strict: true, allowUnionTypes: true });
  expect(ajv.validateSchema(schema), ajv.errorsText()).toBe(true);
  expect(() => ajv.compile(schema)).not.toThrow();
});
