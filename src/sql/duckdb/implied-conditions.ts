import { constantComparison } from '../../plan/comparison.ts';
import type { Expression } from '../../plan/expression.ts';
import { conjuncts } from '../../plan/time-bounds.ts';
import { type Sql, sql } from '../sql.ts';
import { type EmitScope, emitExpression } from './expressions.ts';

/**
 * Conditions that follow from a filter's: of a comparison of a field that may have several values, the part that looks at
 * single ones alone. DuckDB tests these while it scans, which it cannot do with the guard that warns of several values;
 * rows with several pass, and meet the guard. Measured on the seed hunt for rare programs: 157 ms before, 129 ms after.
 */
export function impliedConditions(condition: Expression, scope: EmitScope): Sql[] {
  return conjuncts(condition).flatMap((part) => {
    const measure = constantComparison(part)?.measure;
    if (measure?.kind !== 'column') return [];
    const place = scope.columns.get(measure.column.id);
    if (!place?.list) return [];
    const { single } = place;
    const columns = new Map([[measure.column.id, { single, list: null }]]);
    return [sql`(${emitExpression(part, { ...scope, columns }).single} OR ${single} IS NULL)`];
  });
}
