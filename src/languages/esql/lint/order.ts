import type { Span } from '../../../diagnostics/source-text.ts';
import type { Lint, PipelineRule } from './lint.ts';

/** LIMIT on rows that have no order yet, which a later SORT then orders. */
export const cutsBeforeOrders: PipelineRule = (commands) => {
  const found: Lint[] = [];
  let ordered = false;
  let cut: Span | null = null;
  for (const command of commands) {
    if (command.command === 'sort') {
      if (cut) {
        const message = 'LIMIT takes any rows before SORT orders them';
        found.push({ rule: 'limit-before-sort', message, hint: 'put SORT before LIMIT', span: cut });
      }
      ordered = true;
      cut = null;
    } else if (command.command === 'topk' || command.command === 'bottomk') {
      ordered = true;
      cut = null;
    } else if (command.command === 'limit' && !ordered) cut ??= command.span;
    else if (command.command === 'stats') {
      // Groups are new rows: they have no order, and what was cut before is another matter.
      ordered = false;
      cut = null;
    }
  }
  return found;
};
