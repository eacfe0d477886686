import { streamOf } from '../catalogue/event-kinds.ts';
import type { CoverageGap } from './coverage.ts';
import type { RequiredField, Requirements, Selector } from './requirements.ts';
import { whoRecords } from './who-records.ts';

/** What is to be said of a gap, whatever it does to the answer. */
type Words = Pick<CoverageGap, 'message' | 'remedy'>;

/** A pattern that no index of the data fits. */
export function missingIndex(pattern: string): Words {
  const stream = streamOf(pattern);
  const source = stream ? `the ${stream} events of Elastic Defend` : 'that data source';
  return {
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

const otherPlatform = 'add events of that platform, or hunt on the one that there is with --platform';

/** A condition on the kind of event that no event fulfils. */
export const unfulfilledSelector = ({ text, isPlatform }: Pick<Selector, 'text' | 'isPlatform'>): Words => ({
  message: `no event fulfils ${text}`,
  remedy: isPlatform
    ? otherPlatform
    : 'this data source may not record such events: see what it has with FROM … | STATS COUNT(*) BY event.category, event.action',
});

/** Several of them that no event fulfils at once. */
export const unfulfilledTogether = (selectors: readonly Selector[]): Words => ({
  message: `no event fulfils ${selectors.map(({ text }) => text).join(' and ')} at once`,
  remedy: 'this data source does not record such events',
});

/** Platforms, of several that a condition asks for, that have no events. */
export const silentPlatforms = (texts: readonly string[], isWindow: boolean): Words => ({
  message: `no event${isWindow ? ' of the window' : ''} fulfils ${texts.join(', ')}`,
  remedy: otherPlatform,
});

/** Fields that no relevant event carries. */
export function absentFields(
  fields: readonly RequiredField[],
  verdict: CoverageGap['verdict'],
  requirements: Requirements,
  streams: ReadonlySet<string>,
): CoverageGap[] {
  if (fields.length === 0) return [];
  const effect =
    verdict === 'blind'
      ? 'no row can come out'
      : `what the query asks of ${fields.length === 1 ? 'it' : 'them'} goes unanswered`;
  return [
    {
      verdict,
      message: `no ${fields.some(({ isInData }) => isInData) ? 'relevant ' : ''}event carries ${fields.map(({ name }) => name).join(', ')}: ${effect}`,
      remedy: whoRecords(fields, requirements, streams),
    },
  ];
}

/** Fields that rows cannot do without and that no event carries, whatever its index: another name would not help. */
export function fieldsNowhere(
  needed: readonly RequiredField[],
  requirements: Requirements,
  streams: ReadonlySet<string>,
): CoverageGap[] {
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

/** A field that rows cannot do without and that hardly any event carries. */
export const scarceField = ({ name }: RequiredField, share: number): CoverageGap => ({
  verdict: 'partial',
  message: `only ${(share * 100).toFixed(1)} % of the relevant events carry ${name}, without which no row comes out`,
  remedy: 'look at what sets these events apart: FROM … | STATS COUNT(*), COUNT(field) BY event.action, agent.version',
});
