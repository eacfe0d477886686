import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { coverHunts } from '../../src/app/coverage.ts';
import { jobsOf } from '../../src/app/jobs.ts';
import { silent } from '../../src/app/observer.ts';
import { runHunts } from '../../src/app/run-hunts.ts';
import type { CoverageGap } from '../../src/coverage/coverage.ts';
import { noOverrides } from '../../src/overrides/override.ts';
import { eventsOf, huntOf } from '../cluster/served.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/*
 * Metadata that files do not record: what a query asks of it ends as "cannot tell", with the reason and another way, where no
 * row could come out for want of it; "none" is said only where it could not have made a difference.
 */

const file = join(temporaryFolder(), 'events.ndjson');
const event = (minute: number): object => ({
  '@timestamp': `2026-03-10T11:0${minute}:00Z`,
  data_stream: { type: 'logs', dataset: 'test', namespace: 'default' },
  message: `login ${minute}`,
  'host.name': 'h1',
});
writeFileSync(file, [1, 2, 3].map((minute) => `${JSON.stringify(event(minute))}\n`).join(''));
const events = () => eventsOf({ kind: 'files', data: [file], cache: false, strict: false, copies: false });
const signal = new AbortController().signal;

async function found(text: string): Promise<{ outcome: string; gaps: readonly CoverageGap[]; error: string | null }> {
  const { results } = await runHunts({ jobs: jobsOf(huntOf(text)), events: events() }, silent, signal);
  const { outcome, error, problem } = results[0]!;
  if (outcome === 'failed')
    return {
      outcome,
      gaps: [],
      error: problem!.error.diagnostics.map(({ message, hint }) => `${message}; ${hint}`).join(),
    };
  const request = { hunts: [huntOf(text)], events: events(), overrides: noOverrides };
  const [hunt] = (await coverHunts(request, silent, signal)).hunts;
  return { outcome, gaps: hunt!.queries[0]!.gaps, error };
}

const unscored = '_score is 0 in every event';
const oneVersion = '_version is the same in every event';
const noId = 'no relevant event carries _id';

describe('metadata that files do not record', () => {
  it.each<[string, 'cannot tell' | 'none' | 'hits', string | null]>([
    ['METADATA _score | WHERE _score > 0', 'cannot tell', unscored],
    ['METADATA _score | WHERE MATCH(message, "login") AND _score > 1.5 | SORT _score DESC', 'cannot tell', unscored],
    ['METADATA _score | WHERE NOT _score <= 0', 'cannot tell', unscored],
    ['METADATA _score | STATS best = MAX(_score) BY host.name | WHERE best > 2', 'cannot tell', unscored],
    ['METADATA _score | EVAL rank = _score | WHERE rank >= 1', 'cannot tell', unscored],
    ['METADATA _score | WHERE NOT _score > 0', 'hits', unscored],
    ['METADATA _score | WHERE MATCH(message, "logout") | SORT _score DESC | LIMIT 5', 'none', unscored],
    ['METADATA _score | WHERE _score > 0 OR MATCH(message, "logout")', 'none', unscored],
    ['METADATA _score | WHERE MATCH(message, "logout") | KEEP message, _score', 'none', null],
    ['METADATA _version | WHERE _version > 1', 'cannot tell', oneVersion],
    ['METADATA _version | WHERE NOT _version == 1', 'cannot tell', oneVersion],
    ['METADATA _version | WHERE _version == 1', 'hits', oneVersion],
    ['METADATA _id | WHERE _id == "a"', 'cannot tell', noId],
    ['METADATA _id | WHERE NOT _id == "a"', 'cannot tell', noId],
    ['METADATA _id | STATS n = COUNT_DISTINCT(_id) BY host.name | WHERE n > 1', 'cannot tell', noId],
    ['METADATA _id | WHERE MATCH(message, "logout") | SORT _id', 'none', null],
    ['METADATA _source | WHERE MATCH(message, "logout") | KEEP _source', 'none', null],
    ['METADATA _index | WHERE _index == "logs-other-default"', 'none', null],
    ['METADATA _ignored | WHERE _ignored IS NOT NULL', 'none', null],
    ['METADATA _ignored | WHERE _ignored == "message"', 'none', null],
  ])('FROM logs-* %s: %s', async (rest, outcome, reason) => {
    const { outcome: end, gaps, error } = await found(`FROM logs-* ${rest}`);
    expect([end, error]).toEqual([outcome, null]);
    const about = gaps.filter(({ message }) => reason !== null && message.startsWith(reason));
    expect(gaps.map(({ message }) => message)).toEqual(reason === null ? [] : [expect.stringMatching(/./)]);
    for (const { verdict, remedy } of about) {
      expect(verdict).toBe(outcome === 'cannot tell' ? 'blind' : 'partial');
      expect(remedy).toContain('--url');
    }
    expect(about).toHaveLength(reason === null ? 0 : 1);
  });

  it.each(['_tier', '_size'])('refuses %s, which no engine here knows, and says what else to do', async (name) => {
    const { outcome, error } = await found(`FROM logs-* METADATA ${name} | WHERE ${name} IS NOT NULL`);
    expect(outcome).toBe('failed');
    expect(error).toContain(`unsupported metadata field [${name}]`);
    expect(error).toContain('leave out what the query asks of');
  });
});
