import { type Condition, partsOf, QueryDslError, type SearchableField, writtenOut } from './condition.ts';

/** Clauses of a query, as Elasticsearch bounds them. */
const mostClauses = 4096;
/** Patterns of a query: each is compared with every value, and the engine is not interrupted within a batch of rows. */
const mostPatterns = 512;
/** The same patterns, counted once for each field that they look into. */
const mostPatternsInFields = 8192;
/** Characters of a fuzzy word that counts once; a longer one counts several times. */
const usualWord = 16;

/** Throws a QueryDslError for a query of more clauses or patterns than one may have. */
export function checkClauses(condition: Condition): void {
  if (clausesOf(condition) > mostClauses)
    throw new QueryDslError(`Query contains too many nested clauses; maxClauseCount is set to ${mostClauses}`);
  if (patternsOf(condition) > mostPatterns)
    throw new QueryDslError(`Query contains more than ${mostPatterns} wildcard, regexp, prefix and fuzzy queries`);
}

/** The condition with field patterns written out over the fields there are. Throws a QueryDslError where those are too many. */
export function withFields(condition: Condition, fields: readonly SearchableField[]): Condition {
  const whole = writtenOut(condition, fields);
  if (patternsOf(whole) > mostPatternsInFields)
    throw new QueryDslError(
      `Query looks for wildcard, regexp, prefix and fuzzy queries in fields more than ${mostPatternsInFields} times: name fewer fields`,
    );
  return whole;
}

function patternsOf(condition: Condition): number {
  switch (condition.kind) {
    case 'wildcard':
    case 'regexp':
      return 1;
    case 'fuzzy':
      // Edits are counted in a time that grows with the square of the length.
      return Math.max(1, Math.floor((condition.value.length / usualWord) ** 2));
    case 'anyField':
      return patternsOf(condition.test);
    default:
      return partsOf(condition).reduce((sum, part) => sum + patternsOf(part), 0);
  }
}

const clausesOf = (condition: Condition): number => partsOf(condition).reduce((sum, part) => sum + clausesOf(part), 1);
