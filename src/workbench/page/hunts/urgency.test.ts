import { expect, it } from 'vitest';
import { byUrgency } from './urgency.ts';

it('puts new hits first, then known hits, doubt, failures and nothing, then what did not run', () => {
  const fresh = (rows: number) => ({ rows, since: 'friday' });
  const hunts = [
    { name: 'not run', answers: [] },
    { name: 'none', answers: [{ outcome: 'none' as const, fresh: null }] },
    { name: 'known', answers: [{ outcome: 'hits' as const, fresh: fresh(0) }] },
    { name: 'failed', answers: [{ outcome: 'failed' as const, fresh: null }] },
    {
      name: 'two queries',
      answers: [
        { outcome: 'none' as const, fresh: null },
        { outcome: 'hits' as const, fresh: fresh(2) },
      ],
    },
    { name: 'doubt', answers: [{ outcome: 'cannot tell' as const, fresh: null }] },
    { name: 'first time', answers: [{ outcome: 'hits' as const, fresh: null }] },
  ];
  expect(byUrgency(hunts, ({ answers }) => answers).map(({ name }) => name)).toEqual([
    'two queries',
    'first time',
    'known',
    'doubt',
    'failed',
    'none',
    'not run',
  ]);
});
