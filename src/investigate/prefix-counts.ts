import type { SourceText, Span } from '../diagnostics/source-text.ts';
import type { Engine } from '../engines/engine.ts';
import { resultColumns } from '../engines/planned-query.ts';
import { CompiledQuery, type QueryText } from '../languages/esql/compiled-query.ts';
import { planAfter, type TypedQuery } from '../overrides/typed-query.ts';
import { allOf, countWhere, freshColumns, grouped } from '../plan/build.ts';
import type { Expression } from '../plan/expression.ts';
import { knownColumns, neededBelow } from '../plan/needed-columns.ts';
import { type Aggregate, addsNoRows, inputOf, inputsOf, type Plan, withInputs } from '../plan/nodes.ts';
import { own } from '../values/own.ts';
import type { ResultColumn } from '../values/types.ts';

/** How many rows a query has after one of its commands. */
export interface StepCount {
  /** The command's keyword in capitals, such as `WHERE` or `INLINE STATS`. */
  readonly command: string;
  /** Where the command stands in the text: offsets of UTF-16 units, without the `|` before it. */
  readonly span: Span;
  /** The columns after it, as a run of the query up to here shows them. */
  readonly columns: readonly ResultColumn[];
  /** Exactly as many rows as a run of the query up to here has, whatever `--max-rows`; null where nobody can say. */
  readonly rows: number | null;
  /** Why there is no number; null where there is one. */
  readonly reason: string | null;
}

/** The counts of every prefix of a query, FROM first. */
export interface PrefixCounts {
  /** The text that spans point into. */
  readonly text: string;
  readonly steps: readonly StepCount[];
}

export interface PrefixCountOptions {
  readonly now: Date;
  readonly signal?: AbortSignal | undefined;
  /** Learns numbers as they become known: the place of the step, from zero, and its rows. */
  readonly onCount?: (step: number, rows: number) => void;
}

/**
 * Counts the rows of a query after each command of its pipeline. Commands that leave the number as it is are not asked.
 * Each WHERE on events is a count that reads the columns of its conditions alone, and the groups of the first STATS are
 * computed once for all that follows.
 *
 * The branches of FORK and the pipelines of subqueries are counted together, by the command that they stand in. Behind
 * SAMPLE there are no numbers.
 *
 * Throws a QueryError for a query that is wrong, with every problem found.
 */
export async function prefixCounts(
  text: QueryText,
  engine: Engine,
  { now, signal, onCount }: PrefixCountOptions,
): Promise<PrefixCounts> {
  const compiled = CompiledQuery.of(text).withViews(engine.catalogue.views);
  const { plan, steps } = compiled.plan(engine.catalogue, { now: now.getTime(), defaultLimit: null });
  const { source, query } = compiled;
  const typed: TypedQuery = { compiled, source, query, plan, catalogue: engine.catalogue, now: now.getTime() };
  const outline = outlineOf(steps);
  const known = new Map<number, number>();
  /** Fills in what follows from the numbers that are known. */
  const settle = (): void => {
    for (const [i, rule] of outline.rules.entries()) {
      if (known.has(i)) continue;
      const rows = rule.follows(known.get(i - 1));
      if (rows === null) continue;
      known.set(i, rows);
      onCount?.(i, rows);
    }
  };
  settle();
  const groups = sharedGroups(outline.questions, engine);
  let kept: KeptGroups | null = null;
  try {
    for (const question of outline.questions) {
      signal?.throwIfAborted();
      if (groups && !kept && timesIn(question.plan, groups.node) > 0)
        kept = await keepGroups(groups, engine, source, signal);
      const asked = kept ? kept.instead(question.plan) : question.plan;
      const reading = kept?.engine ?? engine;
      // A cluster would send all rows over to have them counted.
      if (!reading.takes(asked)) continue;
      const [counts] = (await reading.run(asked, source, signal)).values;
      question.places.forEach((place, i) => {
        known.set(place, Number(counts![i]));
        onCount?.(place, Number(counts![i]));
      });
      settle();
    }
  } finally {
    await kept?.drop();
  }
  return {
    text: source.text,
    steps: [query.source, ...query.pipeline].map((command, i) => ({
      command: keywordOf(command.command),
      span: { start: command.span.start, end: query.ends[i]! },
      columns: resultColumns(columnsAfter(typed, i)),
      rows: known.get(i) ?? null,
      reason: known.has(i) ? null : (outline.rules[i]!.reason ?? notCountedThere),
    })),
  };
}

const notCountedThere = 'the cluster cannot count these rows by themselves: run the query up to here';
const atRandom = 'SAMPLE keeps rows at random, so the number is another in each run';

/** Keywords of two words, by the name of the command. */
const twoWords: Readonly<Record<string, string>> = { inline: 'INLINE STATS', lookup: 'LOOKUP JOIN' };
const keywordOf = (command: string): string => own(twoWords, command) ?? command.toUpperCase();

/** The columns that a run of the first commands shows, which names all fields where no later command chooses some. */
const columnsAfter = (typed: TypedQuery, commands: number): Plan['output'] =>
  commands === typed.query.pipeline.length
    ? typed.plan.output
    : (planAfter(typed, typed.query, commands)?.output ?? []);

/** One row of counts, and the steps that these are the numbers of. */
interface Question {
  readonly plan: Plan;
  readonly places: readonly number[];
}

/** What the number of a step follows from without a question: null where it does not. */
interface Rule {
  follows(before: number | undefined): number | null;
  readonly reason: string | null;
}

const asked: Rule = { follows: () => null, reason: null };
const same: Rule = { follows: (before) => before ?? null, reason: null };
const always = (rows: number): Rule => ({ follows: () => rows, reason: null });
const atMost = (most: bigint): Rule => ({
  follows: (before) => (most === 0n ? 0 : before === undefined ? null : Math.min(before, Number(most))),
  reason: null,
});
const random: Rule = { follows: () => null, reason: atRandom };

type Kind = Plan['kind'];

const rowWise: ReadonlySet<Kind> = new Set(['filter', 'compute', 'project', 'parse', 'sort']);

/** Nodes that look at one row at a time: their conditions can be counted over more rows than come to them. */
const isRowWise = (node: Plan): boolean => rowWise.has(node.kind) || (node.kind === 'join' && addsNoRows(node));

const keepsNumber = (node: Plan): boolean =>
  node.kind !== 'filter' && (isRowWise(node) || node.kind === 'rank' || node.kind === 'changePoint');

/** Rows of a plan, and the conditions that rows of a step fulfil among them. */
interface Segment {
  /** What the conditions are about: the rows of the base with all that is computed of them since. */
  rows: Plan;
  readonly conditions: Expression[];
  readonly counts: { readonly place: number; readonly condition: Expression | null }[];
}

/** What each step's number follows from, and the questions for the others. */
function outlineOf(steps: readonly Plan[]): {
  readonly rules: readonly Rule[];
  readonly questions: readonly Question[];
} {
  const segments: Segment[] = [];
  const rules: Rule[] = [];
  /** What the next conditions are counted in; null where they need rows that no segment has. */
  let open: Segment | null = null;
  const begin = (rows: Plan): Segment => {
    const segment: Segment = { rows, conditions: [], counts: [] };
    segments.push(segment);
    return segment;
  };
  for (const [place, plan] of steps.entries()) {
    const before = steps[place - 1];
    const nodes = before ? nodesBetween(plan, before) : null;
    const kinds = new Set<Kind>(nodes?.map(({ kind }) => kind));
    if (rules.at(-1) === random || kinds.has('sample')) {
      rules.push(random);
    } else if (nodes?.every(isRowWise)) {
      if (kinds.has('filter')) {
        open ??= begin(before!);
        // Conditions on events are tested while these are read: the first one leaves the others less to look at.
        if (open.conditions.length === 0 && areEvents(open.rows)) {
          open = begin(plan);
          open.counts.push({ place, condition: null });
        } else {
          for (const node of nodes) extend(open, node);
          open.counts.push({ place, condition: allOf(open.conditions) });
        }
        rules.push(asked);
      } else {
        if (open) for (const node of nodes) extend(open, node);
        rules.push(same);
      }
    } else if (nodes?.every(keepsNumber)) {
      open = null;
      rules.push(same);
    } else if (nodes?.every((node) => node.kind === 'limit' || keepsNumber(node))) {
      open = null;
      const counts = nodes.flatMap((node) => (node.kind === 'limit' ? [node.count] : []));
      rules.push(atMost(counts.reduce((a, b) => (a < b ? a : b))));
    } else if (isOneRow(plan)) {
      open = null;
      rules.push(always(1));
    } else {
      open = begin(plan);
      open.counts.push({ place, condition: null });
      rules.push(asked);
    }
  }
  return { rules, questions: segments.filter(({ counts }) => counts.length > 0).map(questionOf) };
}

/** Whether a plan has one row whatever it reads: ROW, and STATS without BY. */
function isOneRow(plan: Plan): boolean {
  let node = plan;
  while (keepsNumber(node)) node = inputOf(node)!;
  return node.kind === 'oneRow' || (node.kind === 'aggregate' && node.groups.length === 0);
}

/** Whether rows are events of a scan, with what is computed of each. */
function areEvents(plan: Plan): boolean {
  let node = plan;
  while (isRowWise(node) && node.kind !== 'join') node = inputOf(node)!;
  return node.kind === 'scan';
}

/** The nodes that a command added to a plan, in the order in which rows pass them; null for more than a chain. */
function nodesBetween(plan: Plan, before: Plan): Plan[] | null {
  const nodes: Plan[] = [];
  for (let node: Plan | null = plan; node !== before; node = inputOf(node)) {
    if (!node) return null;
    nodes.unshift(node);
  }
  return nodes;
}

/** Adds to the rows of a segment what a node computes, and to its conditions what the node asks for. */
function extend(segment: Segment, node: Plan): void {
  const input = segment.rows;
  const wide = (columns: Plan['output']): Plan['output'] => [...input.output, ...columns];
  switch (node.kind) {
    case 'filter':
      segment.conditions.push(node.condition);
      break;
    case 'compute':
      segment.rows = { ...node, input, output: wide(node.definitions.map(({ column }) => column)) };
      break;
    case 'parse':
      segment.rows = { ...node, input, output: wide(node.columns) };
      break;
    case 'join':
      segment.rows = { ...node, input, output: wide(node.taken.map(({ column }) => column)) };
      break;
    default:
  }
}

function questionOf({ rows, counts }: Segment): Question {
  const fresh = freshColumns(rows);
  const calls = counts.map(({ condition }) => countWhere(fresh('rows', 'long'), condition));
  return { plan: grouped(rows, [], calls, fresh), places: counts.map(({ place }) => place) };
}

/** The groups of a STATS that several questions read, and the columns that these need. */
interface SharedGroups {
  readonly node: Aggregate;
  readonly needed: Plan['output'];
}

function sharedGroups(questions: readonly Question[], engine: Engine): SharedGroups | null {
  const plans = questions.map(({ plan }) => plan);
  const node = plans.map((plan) => firstGroups(inputOf(plan)!)).find((found) => found !== null);
  const times = node ? plans.reduce((sum, plan) => sum + timesIn(plan, node), 0) : 0;
  if (!node || times < 2 || !engine.takes(node)) return null;
  const ids = new Set(plans.flatMap((plan) => [...neededOf(node, plan, new Set())]));
  const needed = knownColumns(node).filter(({ id }) => ids.has(id));
  // A table has a column at least.
  return { node, needed: needed.length > 0 ? needed : node.groups.slice(0, 1).map(({ column }) => column) };
}

/** Groups that are kept: the plan that reads them in place of the events, and what runs it. */
interface KeptGroups {
  readonly engine: Engine;
  instead(plan: Plan): Plan;
  drop(): Promise<void>;
}

async function keepGroups(
  { node: groups, needed }: SharedGroups,
  engine: Engine,
  source: SourceText,
  signal?: AbortSignal,
): Promise<KeptGroups> {
  const wanted: Plan = { kind: 'project', input: groups, output: needed };
  const { scans, engine: reading, drop } = await engine.materialise([wanted], source, signal);
  const instead = (node: Plan): Plan => (node === groups ? scans[0]! : withInputs(node, inputsOf(node).map(instead)));
  return { engine: reading, instead, drop };
}

/** The lowest STATS … BY on the way down from the rows of a plan. */
function firstGroups(plan: Plan): Aggregate | null {
  let found: Aggregate | null = null;
  for (let node: Plan | null = plan; node; node = inputOf(node))
    if (node.kind === 'aggregate' && node.groups.length > 0) found = node;
  return found;
}

const timesIn = (plan: Plan, wanted: Plan): number =>
  plan === wanted ? 1 : inputsOf(plan).reduce((sum, input) => sum + timesIn(input, wanted), 0);

/** The columns of one node in a plan that are read above it, for these columns of the plan. */
function neededOf(wanted: Plan, plan: Plan, needed: ReadonlySet<number>): ReadonlySet<number> {
  if (plan === wanted) return needed;
  const below = neededBelow(plan, needed);
  return new Set(inputsOf(plan).flatMap((input, i) => [...neededOf(wanted, input, below[i]!)]));
}
