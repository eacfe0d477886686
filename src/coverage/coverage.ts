/** Whether data can answer a hunt: wholly, in part, or not at all. */
export type Verdict = 'ready' | 'partial' | 'blind';

/** Why data cannot answer a query as it is meant, and what would fix it. */
export interface CoverageGap {
  /** What it does to the answer: `blind` takes it all away, `partial` some of it. */
  readonly verdict: 'partial' | 'blind';
  readonly message: string;
  readonly remedy: string;
  /** Set where nearly all that the query could find is left out, so that no hits may mean nothing. */
  readonly isDoubtful?: true;
  /** Set where no event lies in the window. */
  readonly isOutside?: true;
}

/** What is worth knowing of the data and changes no verdict: what was not seen, and what nearly fulfils a condition. */
export interface CoverageNote {
  readonly message: string;
  /** What to do, where there is anything. */
  readonly remedy: string | null;
  /** Set for events that nearly fulfil a condition: they deserve a look even where many hunts are summed up. */
  readonly isNear?: true;
}

/** A field that events could carry and hardly do: of the events that the query is about, in one index and platform. */
export interface EmptyField {
  readonly field: string;
  readonly index: string;
  /** `host.os.type` of the events, null where they do not say. */
  readonly platform: string | null;
  /** How many of the events carry it, from zero to one. */
  readonly share: number;
  readonly events: number;
}

/** The time that a query looks at, and how much of it the data covers. Times are milliseconds since the epoch. */
export interface WindowCoverage {
  readonly from: number | null;
  readonly to: number | null;
  /** From zero to one; null where the query or the data knows no times. */
  readonly covered: number | null;
}

/** What data can say to one query. */
export interface QueryCoverage {
  readonly verdict: Verdict;
  /** Patterns that no index fits. */
  readonly missingIndices: readonly string[];
  /** Fields that no event carries and no mapping has. */
  readonly missingFields: readonly string[];
  /** Fields that none or hardly any of the relevant events carry. */
  readonly emptyFields: readonly EmptyField[];
  /** Conditions on the kind of event that no event fulfils, as they stand in the query. */
  readonly absentValues: readonly string[];
  readonly window: WindowCoverage;
  readonly gaps: readonly CoverageGap[];
  readonly notes?: readonly CoverageNote[];
}

/**
 * What there is to say of a query, a line each: what the data lacks and what would fix it, once, then what is worth knowing.
 */
export const remarksOf = ({ gaps, notes = [] }: Pick<QueryCoverage, 'gaps' | 'notes'>): string[] => {
  const remarks = [...gaps, ...notes];
  const isFirst = (remedy: string, at: number): boolean => remarks.findIndex((one) => one.remedy === remedy) === at;
  return remarks.map(({ message, remedy }, at) =>
    remedy === null || !isFirst(remedy, at) ? message : `${message}; ${remedy}`,
  );
};

/** Whether a query without hits leaves open whether there is anything to find. */
export const isInDoubt = ({ verdict, gaps }: Pick<QueryCoverage, 'verdict' | 'gaps'>): boolean =>
  verdict === 'blind' || gaps.some(({ isDoubtful }) => isDoubtful);
