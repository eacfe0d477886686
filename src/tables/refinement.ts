import { rounded } from '../sql/duckdb/precision.ts';
import { number, type Sql, sql } from '../sql/sql.ts';
import type { MappedField } from './mapped-field.ts';

/*
 * What Elasticsearch keeps of a value beyond its type: the precision of a number, the length and case of a keyword.
 * The facts are those of 4.2 in the reference on commands.
 */

/** How each value of a field is kept, null where the mapping does not allow it; undefined where nothing changes. */
export function refinement({ property, mappingType }: MappedField): ((value: Sql) => Sql) | undefined {
  switch (mappingType) {
    case 'float':
    case 'half_float':
      return (value) => rounded(value, mappingType);
    case 'scaled_float': {
      const factor = number(Number(property.scaling_factor ?? 1));
      return (value) => sql`(round((${value}) * ${factor}) / ${factor})`;
    }
    case 'byte':
      return (value) => inRange(value, 127);
    case 'short':
      return (value) => inRange(value, 32767);
    case 'keyword':
    case 'wildcard':
    case 'constant_keyword':
      return keyword(property.normalizer === 'lowercase', property.ignore_above);
    default:
      return undefined;
  }
}

/**
 * Whether a field is shown in another way than it is kept: multi-fields of a keyword show its values whole and as they were
 * written, whatever it leaves out itself.
 */
export const keepsWhole = (field: MappedField): boolean =>
  field.type === 'keyword' && hasMultiFields(field) && refinement(field) !== undefined;

const hasMultiFields = ({ property: { fields } }: MappedField): boolean =>
  fields !== undefined && Object.keys(fields).length > 0;

function inRange(value: Sql, limit: number): Sql {
  return sql`(CASE WHEN ${value} BETWEEN ${number(-limit - 1)} AND ${number(limit)} THEN ${value} END)`;
}

function keyword(lowerCase: boolean, longest: number | undefined): ((value: Sql) => Sql) | undefined {
  if (!lowerCase && longest === undefined) return undefined;
  return (value) => {
    const cased = lowerCase ? sql`lower(${value})` : value;
    if (longest === undefined) return cased;
    // Counting bytes is fast, and there are never fewer of them than characters: few texts need to be counted again.
    const limit = number(longest);
    return sql`(CASE WHEN strlen(${value}) <= ${limit} THEN ${cased} WHEN length(${value}) <= ${limit} THEN ${cased} END)`;
  };
}
