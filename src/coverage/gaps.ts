import { streamOf } from '../catalogue/event-kinds.ts';
import type { Plan } from '../plan/nodes.ts';
import type { CoverageGap } from './coverage.ts';
import { withoutFields } from './null-fields.ts';
import type { Counts } from './probe.ts';
import type { Requirements, Selector } from './requirements.ts';
import { whoRecords } from './who-records.ts';

/** A pattern that no index of the data fits. */
export function missingIndex(pattern: string, verdict: CoverageGap['verdict']): CoverageGap {
  const stream = streamOf(pattern);
  const source = stream ? `the ${stream} events of Elastic Defend` : 'that data source';
  return {
    verdict,
    message: `no index is called ${pattern}`,
    remedy: `export or ingest ${source}; events without data_stream fields take the name that --index gives`,
  };
}

/** An ENRICH whose policy nobody made. */
export const missingPolicy = (name: string): CoverageGap => ({
  verdict: 'blind',
  message: `no enrich policy is called ${name}`,
  remedy: 'make it in a store, with PUT /_enrich/policy on harrier serve, and hunt there with --store',
});

/** Conditions on the kind of event that no event fulfils. `events`: how many fulfil all of them. */
export function selectorGaps(selectors: readonly Selector[], counts: Counts, events: number): CoverageGap[] {
  const gaps: CoverageGap[] = [];
  selectors.forEach(({ text, isPlatform, values }, i) => {
    const told = counts.selectors[i]!;
    const remedy = isPlatform
      ? 'add events of that platform, or hunt on the one that there is with --platform'
      : 'this data source may not record such events: see what it has with FROM … | STATS COUNT(*) BY event.category, event.action';
    if (told.events === 0) gaps.push({ verdict: 'blind', message: `no event fulfils ${text}`, remedy });
    else if (isPlatform && told.values.some((n) => n === 0))
      gaps.push({
        verdict: 'partial',
        message: `no event fulfils ${values
          .filter((_, j) => told.values[j] === 0)
          .map((value) => value.text)
          .join(', ')}`,
        remedy,
      });
  });
  if (gaps.length === 0 && events === 0 && selectors.length > 1)
    gaps.push({
      verdict: 'blind',
      message: `no event fulfils ${selectors.map(({ text }) => text).join(' and ')} at once`,
      remedy: 'this data source does not record such events',
    });
  return gaps;
}

type RequiredField = Requirements['fields'][number];

/** What becomes of the query without the fields that no relevant event carries. */
export function absentGaps(
  absent: readonly RequiredField[],
  requirements: Requirements,
  plan: Plan,
  streams: ReadonlySet<string>,
): CoverageGap[] {
  if (absent.length === 0) return [];
  const { emptyFor } = withoutFields(plan, new Set(absent.map(({ column }) => column.id)));
  const needed = absent.filter(({ column }) => emptyFor?.has(column.id));
  const others = absent.filter((field) => !needed.includes(field));
  const gap = (fields: readonly RequiredField[], verdict: 'blind' | 'partial', effect: string): CoverageGap[] =>
    fields.length === 0
      ? []
      : [
          {
            verdict,
            message: `no ${fields.some(({ isInData }) => isInData) ? 'relevant ' : ''}event carries ${fields.map(({ name }) => name).join(', ')}: ${effect}`,
            remedy: whoRecords(fields, requirements, streams),
          },
        ];
  return [
    ...gap(needed, 'blind', 'no row can come out'),
    ...gap(others, 'partial', `what the query asks of ${others.length === 1 ? 'it' : 'them'} goes unanswered`),
  ];
}

/** Fields that rows cannot do without and that no event carries, whatever its index: another name would not help. */
export function fieldsNowhere(
  nowhere: readonly RequiredField[],
  requirements: Requirements,
  plan: Plan,
  streams: ReadonlySet<string>,
): CoverageGap[] {
  const { emptyFor } = withoutFields(plan, new Set(nowhere.map(({ column }) => column.id)));
  const needed = nowhere.filter(({ column }) => emptyFor?.has(column.id));
  if (needed.length === 0) return [];
  const names = needed.map(({ name }) => name).join(', ');
  return [
    {
      verdict: 'blind',
      message: `no event of any index carries ${names}: under the right name no row could come out either`,
      remedy: whoRecords(needed, requirements, streams),
    },
  ];
}

/** A field that rows cannot do without and that hardly any event carries, unless the query itself asks for these few. */
export function scarceGaps(
  scarce: readonly RequiredField[],
  { filteredOn }: Requirements,
  plan: Plan,
  share: (name: string) => number,
): CoverageGap[] {
  return scarce
    .filter(({ column }) => !filteredOn.has(column.id) && withoutFields(plan, new Set([column.id])).emptyFor)
    .map(({ name }) => ({
      verdict: 'partial',
      message: `only ${(share(name) * 100).toFixed(1)} % of the relevant events carry ${name}, without which no row comes out`,
      remedy:
        'look at what sets these events apart: FROM … | STATS COUNT(*), COUNT(field) BY event.action, agent.version',
    }));
}
