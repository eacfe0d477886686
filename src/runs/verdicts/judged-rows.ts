import type { HuntResult } from '../../report/report.ts';
import { groupKeysOf } from '../group-keys.ts';
import { type Cells, cellsOf, changedSince, huntName, type Judgement, subjectOf, textDigest } from './judgement.ts';

/** A judgement beside the row that it is about. */
export interface JudgedRow {
  readonly judgement: Judgement;
  /** The cells that were others when it was given, as they were. */
  readonly givenFor: Cells;
}

/** What identifies the rows of a result to judgements. */
export type Judgeable = Pick<HuntResult, 'hunt' | 'query' | 'text' | 'result'>;

/** Finds the judgements of the rows of one result. Keys of groups are looked for once. */
export class JudgedResult {
  readonly #subject: Pick<Judgement, 'hunt' | 'query' | 'text'>;

  private constructor(
    private readonly result: Judgeable,
    private readonly keys: readonly string[] | null,
  ) {
    this.#subject = { hunt: huntName(result), query: result.query, text: textDigest(result.text) };
  }

  static async of(result: Judgeable): Promise<JudgedResult> {
    return new JudgedResult(result, await groupKeysOf(result.text));
  }

  /** What a judgement of the row at a place would be about. */
  about(place: number): Pick<Judgement, 'hunt' | 'query' | 'text' | 'key' | 'rest'> {
    return { ...this.#subject, ...cellsOf(this.result.result!, place, this.keys) };
  }

  /** The judgement of the row at a place; null where nobody has given one. */
  at(place: number, all: ReadonlyMap<string, Judgement>): JudgedRow | null {
    if (all.size === 0) return null;
    const about = this.about(place);
    const judgement = all.get(subjectOf(about));
    return judgement ? { judgement, givenFor: changedSince(judgement, about.rest) } : null;
  }
}
