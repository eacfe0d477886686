import { complete, type Proposal } from '../../../languages/esql/complete/complete.ts';
import { string } from '../../../languages/esql/print/tokens.ts';
import { fieldsOfColumns } from '../../../overrides/lineage.ts';
import type { Plan } from '../../../plan/nodes.ts';
import { count } from '../../../values/quantities.ts';
import type { ScalarValue } from '../../../values/types.ts';
import type { Completion } from '../../contract/calls.ts';
import type { Handler } from '../call.ts';
import type { Workbench } from '../context.ts';
import { type Known, sourceOf } from '../known-events.ts';

/** Proposals of one answer. */
const mostItems = 500;

/** What may be written at a place of a text. */
export const completion: Handler<'language/complete'> = async ({ text, offset }, workbench, signal) => {
  const known = await workbench.known.of(text, signal);
  const at = Math.min(offset, text.length);
  const { span, items, plan, valuesOf } = complete(text, at, known.catalogue, known.now.getTime());
  const source = sourceOf(text);
  const fields = plan ? fieldsByName(plan) : new Map<string, string>();
  const field = valuesOf === null ? undefined : fields.get(valuesOf);
  const values =
    field === undefined ? [] : await valueItems(source, field, text.slice(span.start, at), known, workbench);
  // In a text that has begun nothing but a text may stand.
  const others = text[span.start] === '"' ? [] : withShares(items, fields, source, known, workbench);
  return { from: span.start, items: [...values, ...others].slice(0, mostItems) };
};

/** Columns that hold a field of the events as it is: its name by theirs. */
function fieldsByName(plan: Plan): Map<string, string> {
  const fields = fieldsOfColumns(plan);
  return new Map(
    plan.output.flatMap(({ id, name }) => {
      const field = fields.get(id);
      return field === undefined ? [] : [[name, field] as const];
    }),
  );
}

/** Fields with the share of events that carry them, once that is known. */
function withShares(
  items: readonly Proposal[],
  fields: ReadonlyMap<string, string>,
  source: string,
  { catalogue }: Known,
  { fieldFacts, options }: Workbench,
): readonly Completion[] {
  const shares = options.kind === 'cluster' || fields.size === 0 ? null : fieldFacts.shares(source, catalogue);
  if (!shares) return items;
  return items.map((item) => {
    const field = item.kind === 'field' ? fields.get(item.label) : undefined;
    const share = field === undefined ? undefined : shares.get(field);
    return share === undefined ? item : { ...item, detail: `${item.detail} · ${shareWords(share)}` };
  });
}

/** `7 % of events`; what is hardly there, or not quite everywhere, is never rounded to none or all. */
function shareWords(share: number): string {
  if (share === 0) return 'no event has it';
  if (share === 1) return 'all events';
  if (share < 0.01) return 'under 1 % of events';
  return share > 0.99 ? 'over 99 % of events' : `${Math.round(share * 100)} % of events`;
}

/** Values of a field that go with what is written, the most frequent first. */
async function valueItems(
  source: string,
  field: string,
  written: string,
  { catalogue }: Known,
  { fieldFacts, options }: Workbench,
): Promise<Completion[]> {
  // On a cluster each of these would be a query.
  if (options.kind === 'cluster') return [];
  const word = written.replace(/^"/, '').toLowerCase();
  const values = await fieldFacts.values(source, field, catalogue);
  return values
    .filter(({ value }) => String(value).toLowerCase().includes(word))
    .map(({ value, rows }) => ({
      ...{ label: String(value), kind: 'value', detail: count(rows, 'event'), info: null },
      apply: literal(value),
    }));
}

const literal = (value: ScalarValue): string => (typeof value === 'string' ? string(value) : String(value));
