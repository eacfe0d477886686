import type { ErrorObject } from 'ajv';
import { own } from '../values/own.ts';
import { closestMatches } from './closest-match.ts';

/** One way in which a document does not fit its JSON schema. */
export interface SchemaProblem {
  /** The keys that lead to the place, such as `['hunt', 'mitre', '0']`. */
  readonly path: readonly string[];
  readonly message: string;
  readonly hint?: string;
  /** The document has a key that the schema does not know. */
  readonly isUnknownKey: boolean;
}

/**
 * What ajv found, in words. `schema` is the schema of the whole document; one with `$ref` needs ajv's `verbose`, for the
 * path of an error in it begins at what was referred to.
 */
export function schemaProblems(errors: readonly ErrorObject[], schema: object): SchemaProblem[] {
  // Where one of several forms is allowed, that none fits is reported once, below.
  const told = errors.filter((error) => !errors.some((other) => other !== error && isWithin(error, other)));
  return told.map((error) => {
    const path = error.instancePath.split('/').slice(1).map(unescaped);
    const [message, hint] = words(error, path, schema);
    const unknown = error.keyword === 'additionalProperties';
    const key = unknown ? String(error.params.additionalProperty) : null;
    return {
      path: key === null ? path : [...path, key],
      message,
      ...(hint !== undefined && { hint }),
      isUnknownKey: unknown,
    };
  });
}

const isWithin = (error: ErrorObject, other: ErrorObject): boolean =>
  other.keyword === 'anyOf' && error.schemaPath.startsWith(`${other.schemaPath}/`);

const unescaped = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~');

function words(
  error: ErrorObject,
  path: readonly string[],
  schema: object,
): [message: string, hint?: string | undefined] {
  const name = path.length > 0 ? path.join('.').replace(/\.(\d+)/g, '[$1]') : 'the document';
  const { params, keyword } = error;
  switch (keyword) {
    case 'additionalProperties': {
      const key = String(params.additionalProperty);
      const known = Object.keys((around(error, schema) as { properties?: object })?.properties ?? {});
      const [near] = closestMatches(key, known);
      return [
        `unknown key ${[...path, key].join('.')}`,
        near === undefined ? `known here: ${known.join(', ')}` : `did you mean ${near}?`,
      ];
    }
    case 'required':
      return [`${[...path, params.missingProperty].join('.')} is missing`];
    case 'type':
      return [`${name} must be ${article(String(params.type))}`];
    case 'minLength':
    case 'minItems':
      return [`${name} is empty`];
    case 'enum':
      return [`${name} must be one of ${(params.allowedValues as unknown[]).join(', ')}`];
    default: {
      if (params.pattern === '\\S') return [`${name} is empty`];
      // What a pattern or a choice of forms is for is explained by the schema's own description.
      const { description } = (around(error, schema) ?? {}) as { description?: string };
      const says = keyword === 'pattern' || keyword === 'anyOf' ? undefined : error.message;
      return [`${name} ${says ?? 'does not fit'}`, description];
    }
  }
}

const article = (type: string): string =>
  own(
    { string: 'a text', array: 'a list', object: 'a table', integer: 'a whole number', boolean: 'true or false' },
    type,
  ) ?? `a ${type}`;

/** The schema that holds the keyword that did not fit. */
const around = (error: ErrorObject, schema: object): unknown => error.parentSchema ?? at(schema, error.schemaPath);

/** The schema that holds the keyword at a place such as `#/properties/hunt/required`. */
function at(schema: object, place: string): unknown {
  let found: unknown = schema;
  for (const part of place.split('/').slice(1, -1))
    found = own((found ?? {}) as Record<string, unknown>, decodeURIComponent(unescaped(part)));
  return found;
}
