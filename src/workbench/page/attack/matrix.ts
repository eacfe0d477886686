import type { HuntCard, TacticInfo } from '../../contract/calls.ts';
import type { CoverageInfo, Outcome, ResultInfo, Verdict } from '../../contract/states.ts';

/** A technique that hunts of the library are about, and how they fare. */
export interface TechniqueCell {
  readonly id: string;
  readonly name: string | null;
  readonly hunts: readonly HuntCard[];
  /** The worst verdict of its hunts; null where one was not looked at yet. */
  readonly coverage: Verdict | null;
  /** What the last runs of its hunts found, the most urgent first; null where none ran. */
  readonly outcome: Outcome | null;
  readonly hits: number;
}

export interface TacticColumn {
  /** Null for techniques of which no tactic is known. */
  readonly id: string | null;
  readonly name: string;
  readonly techniques: readonly TechniqueCell[];
}

const urgency: readonly Outcome[] = ['hits', 'cannot tell', 'failed', 'interrupted', 'none'];
const worst: readonly Verdict[] = ['blind', 'partial', 'ready'];

interface Known {
  readonly hunts: readonly HuntCard[];
  readonly tactics: readonly TacticInfo[];
  readonly coverage: ReadonlyMap<string, CoverageInfo>;
  /** The newest answers of a hunt, one a query. */
  readonly answersOf: (hunt: HuntCard) => readonly Pick<ResultInfo, 'outcome' | 'rows'>[];
}

/** The tactics in the order of an attack, each with the techniques that the library has hunts for. */
export function matrixOf({ hunts, tactics, coverage, answersOf }: Known): TacticColumn[] {
  const techniques = new Map<string, { name: string | null; tactics: readonly string[]; hunts: HuntCard[] }>();
  for (const hunt of hunts)
    for (const { id, name, tactics } of hunt.techniques) {
      const known = techniques.get(id);
      if (known) known.hunts.push(hunt);
      else techniques.set(id, { name, tactics, hunts: [hunt] });
    }
  const cells = new Map([...techniques].map(([id, { name, hunts }]) => [id, cellOf(id, name, hunts)]));
  const columnOf = (id: string | null, name: string): TacticColumn => ({
    ...{ id, name },
    techniques: [...techniques]
      .filter(([own, one]) => (id === null ? one.tactics.length === 0 && own !== id : one.tactics.includes(id)))
      .map(([own]) => cells.get(own)!)
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
  });
  return [...tactics.map(({ id, name }) => columnOf(id, name)), columnOf(null, 'No tactic known')].filter(
    (column) => column.techniques.length > 0,
  );

  function cellOf(id: string, name: string | null, own: readonly HuntCard[]): TechniqueCell {
    const verdicts = own.map((hunt) => coverage.get(hunt.id)?.verdict ?? null);
    const answers = own.flatMap((hunt) => {
      const here = answersOf(hunt);
      const last = hunt.history.at(-1);
      return here.length > 0 ? here : last ? [{ outcome: last.outcome as Outcome, rows: last.rows }] : [];
    });
    return {
      ...{ id, name, hunts: own },
      coverage: verdicts.includes(null) ? null : (worst.find((verdict) => verdicts.includes(verdict)) ?? null),
      outcome: urgency.find((outcome) => answers.some((answer) => answer.outcome === outcome)) ?? null,
      hits: answers.reduce((sum, { outcome, rows }) => sum + (outcome === 'hits' ? rows : 0), 0),
    };
  }
}
