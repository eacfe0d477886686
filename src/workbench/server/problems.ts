import type { QueryError } from '../../diagnostics/diagnostic.ts';
import type { Problem } from '../contract/states.ts';

/** What is wrong with a query, with places in its text. */
export const problemsOf = ({ diagnostics }: QueryError): Problem[] =>
  diagnostics.map(({ message, span, hint, fix }) => ({
    ...{ from: span.start, to: span.end, severity: 'error' as const, message, hint: hint ?? null },
    fix: fix ? { from: fix.span.start, to: fix.span.end, text: fix.text } : null,
  }));
