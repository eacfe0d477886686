import { QueryError } from '../diagnostics/diagnostic.ts';
import type { Hunt } from '../hunts/hunt.ts';
import { findThresholds } from '../overrides/thresholds.ts';
import { typed } from '../overrides/typed-query.ts';
import { type Job, jobsOf } from './jobs.ts';
import { standardSurroundings } from './override-jobs.ts';

/** A threshold of a hunt, and where its value stands in the file: lines and columns count from one. */
export interface HuntThreshold {
  /** Which query of the hunt, from 0. */
  readonly query: number;
  readonly name: string;
  readonly operator: string;
  /** As the query has it. */
  readonly value: string;
  readonly line: number;
  readonly column: number;
}

/** The thresholds of a hunt, and the queries that could not be read. */
export interface HuntThresholds {
  readonly hunt: Hunt;
  readonly thresholds: readonly HuntThreshold[];
  readonly unread: readonly { readonly job: Job; readonly error: QueryError }[];
}

/** The thresholds of each hunt, typed by what ECS and Elastic Defend define; needs no events. */
export async function listThresholds(hunts: readonly Hunt[]): Promise<HuntThresholds[]> {
  const listed: HuntThresholds[] = [];
  for (const hunt of hunts) {
    const thresholds: HuntThreshold[] = [];
    const unread: { job: Job; error: QueryError }[] = [];
    for (const job of jobsOf(hunt)) {
      try {
        thresholds.push(...(await thresholdsOf(job)));
      } catch (error) {
        if (!(error instanceof QueryError)) throw error;
        unread.push({ job, error });
      }
    }
    listed.push({ hunt, thresholds, unread });
  }
  return listed;
}

async function thresholdsOf({ esql, query: place, lineOffset }: Job): Promise<HuntThreshold[]> {
  const query = await typed(esql, standardSurroundings());
  return findThresholds(query).map(({ name, operator, literal, literalText }) => {
    const { line, column } = query.source.position(literal.start);
    return { query: place, name, operator, value: literalText, line: line + lineOffset, column };
  });
}
