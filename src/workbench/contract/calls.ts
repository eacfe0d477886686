import type { Cell, ColumnInfo, Question } from './question.ts';
import type {
  CoverageInfo,
  CutCell,
  Edit,
  JobState,
  Judged,
  NewJudgement,
  Outcome,
  Problem,
  ResultInfo,
  RowsPage,
  Verdict,
} from './states.ts';

/** What a page may ask for, by engine: null where it can be done, else why not. */
export type Feature =
  | 'funnel'
  | 'histogram'
  | 'thresholds'
  | 'coverage'
  | 'backfill'
  | 'events'
  | 'elsewhere'
  | 'pivot'
  | 'write'
  | 'attack';

export interface Hello {
  readonly version: string;
  /** Who judges and accepts. */
  readonly user: string;
  /** Where the events are, in words: `logs/`, a store, a cluster. No path but as it was given. */
  readonly source: string;
  readonly kind: 'files' | 'store' | 'cluster';
  readonly engine: string;
  readonly can: Readonly<Record<Feature, string | null>>;
  /** Pages elsewhere on which values can be looked up, as harrier.toml names them. */
  readonly links: readonly Link[];
  readonly data: DataInfo;
  /** Entries of the allow-list that end within 14 days. */
  readonly expiring: readonly { readonly hunt: string; readonly reason: string; readonly expires: string }[];
  readonly problems: readonly string[];
}

/** A page elsewhere that knows more of a value: `{value}` in its address stands for it. */
export interface Link {
  readonly name: string;
  readonly url: string;
  /** Names of fields, with `*` for any text; empty for every field. */
  readonly fields: readonly string[];
}

/** A field of an index in which a value occurs. */
export interface Occurrence {
  readonly index: string;
  readonly field: string;
  readonly events: number;
  /** Null where the events name no host. */
  readonly hosts: number | null;
  readonly first: number | null;
  readonly last: number | null;
  /** The query for these events. */
  readonly query: string;
}

/** The events as they are now. */
export interface DataInfo {
  /** Rises with every change. */
  readonly revision: number;
  /** Null where the cluster was not asked. */
  readonly events: number | null;
  readonly first: number | null;
  readonly last: number | null;
  readonly indices: readonly { readonly name: string; readonly events: number }[];
  /** What queries take for now, and why: the newest event, the clock, or a time that was given. */
  readonly now: number;
  readonly nowIs: 'newest event' | 'clock' | 'given';
  /** Set while files are read. */
  readonly reading: {
    readonly files: number;
    readonly of: number;
    readonly fraction: number;
    readonly events: number;
    readonly left: number | null;
  } | null;
  /** Files and lines that were not read, events from the future and the like. */
  readonly faults: readonly string[];
}

export interface HuntCard {
  /** Its UUID, else its name: what the address has, and what `harrier run` takes. */
  readonly id: string;
  readonly name: string;
  readonly platforms: readonly string[];
  readonly techniques: readonly {
    readonly id: string;
    readonly name: string | null;
    readonly tactics: readonly string[];
  }[];
  readonly indices: readonly string[];
  readonly description: string | null;
  readonly author: string | null;
  readonly notes: readonly string[];
  readonly references: readonly string[];
  readonly integration: readonly string[];
  readonly file: string;
  readonly queries: readonly string[];
  /** Outcomes of the newest saved runs, oldest first. */
  readonly history: readonly { readonly run: string; readonly outcome: string; readonly rows: number }[];
  /** Set where something in it cannot run. */
  readonly problem: string | null;
}

/** A tactic of ATT&CK. */
export interface TacticInfo {
  readonly id: string;
  readonly name: string;
}

/** A threshold of a query, and what stands there. */
export interface ThresholdInfo {
  readonly name: string;
  readonly subject: string;
  readonly operator: string;
  readonly value: number;
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly type: string;
  readonly decides: boolean;
}

/** A hunt as it would run. */
export interface OpenedHunt {
  /** The text without chips, and with them. */
  readonly own: string;
  readonly text: string;
  readonly thresholds: readonly ThresholdInfo[];
  readonly window: { readonly from: number | null; readonly to: number | null; readonly text: string | null };
  readonly platforms: readonly string[];
  readonly problems: readonly Problem[];
  /** The command line that does the same. */
  readonly command: string;
  /** Why an override cannot be applied. */
  readonly refusal: string | null;
}

export interface StepInfo {
  readonly from: number;
  readonly to: number;
  /** The command: FROM, WHERE, STATS. */
  readonly command: string;
  /** Null where nobody can tell: the command, or one before it, is wrong. */
  readonly columns: readonly ColumnInfo[] | null;
}

export interface StepCount {
  /** Where it stands in the text without chips; null for what a chip adds. */
  readonly from: number | null;
  readonly to: number | null;
  readonly command: string;
  /** The command as it runs. */
  readonly text: string;
  /** Rows behind the step; null where it cannot be counted, and why. */
  readonly rows: number | null;
  readonly reason: string | null;
}

export interface Completion {
  readonly label: string;
  readonly kind: 'command' | 'function' | 'field' | 'index' | 'value' | 'keyword';
  readonly detail: string | null;
  readonly info: string | null;
  readonly apply: string;
}

export interface Bar {
  readonly from: number;
  readonly to: number;
  /** By series: events that the question is about. */
  readonly counts: readonly number[];
  /** All events of the same indices: where there are none, nobody knows. */
  readonly events: number;
}

export interface FieldInfo {
  readonly name: string;
  readonly type: string;
  /** Of the rows at the step, how many have it. */
  readonly present: number;
  readonly rows: number;
}

export interface FieldValues {
  readonly present: number;
  readonly rows: number;
  readonly distinct: number | null;
  readonly least: Cell;
  readonly most: Cell;
  readonly top: readonly { readonly value: Cell; readonly rows: number }[];
}

/** A threshold, and what rows have to pass it with. */
export interface TuningThreshold {
  readonly name: string;
  /** What is compared, as it stands in the query. */
  readonly subject: string;
  readonly operator: '==' | '!=' | '<' | '<=' | '>' | '>=';
  readonly value: number;
  readonly isWhole: boolean;
  /** Whether it decides about the rows by itself: these are the rows before all such thresholds. */
  readonly isAlone: boolean;
  /** Which way more rows pass; null where neither is. */
  readonly looser: 'higher' | 'lower' | null;
  /** Little-endian doubles in base64, one a row, NaN where the row has no value; null where only the server can count. */
  readonly measures: string | null;
  /** Where there are too many rows, or only a run counts: settings, and how many rows pass each where that is known. */
  readonly ladder: { readonly settings: readonly number[]; readonly rows: readonly number[] | null } | null;
  /** Why each setting takes a run; null where the page can count. */
  readonly recounts: string | null;
}

/** The rows of a query before its thresholds. */
export interface TuningInfo {
  readonly handle: string;
  /** How many there are before the thresholds that decide alone; null where none does. */
  readonly rows: number | null;
  /** How many rows a LIMIT lets through; null without one. */
  readonly limit: number | null;
  /** Days of the query's window; null where it has no beginning. */
  readonly days: number | null;
  readonly columns: readonly ColumnInfo[];
  readonly thresholds: readonly TuningThreshold[];
  /** The revision of the data that the rows are of. */
  readonly revision: number;
}

/** Rows at other thresholds. */
export interface NearRows {
  /** Rows in the order of the places that were asked for. */
  readonly values: readonly (readonly Cell[])[];
  /** Hits by a run, where one was asked for. */
  readonly hits: number | null;
  readonly isCut: boolean;
}

export interface SavedRunInfo {
  readonly name: string;
  readonly saved: number;
  readonly now: number;
  /** The ids of its hunts. */
  readonly hunts: readonly string[];
  readonly queries: number;
  /** Rows of all its queries. */
  readonly hits: number;
  readonly outcomes: readonly { readonly outcome: Outcome; readonly queries: number }[];
  /** What of the data it did not search; null where it searched all. */
  readonly unread: string | null;
  /** Why it cannot be read; null where it can. */
  readonly problem: string | null;
}

/** One step of what was done, newest last. */
export interface TrailEntry {
  readonly at: number;
  readonly kind: 'run' | 'chip' | 'drill' | 'verdict' | 'note' | 'accept' | 'save' | 'report';
  readonly text: string;
  /** The fragment that leads back. */
  readonly link: string;
  readonly starred: boolean;
}

/** A condition of an entry of the allow-list, as people write it. */
export interface AcceptCondition {
  readonly column: string;
  /** `like`: `*` for any text, blocks of addresses, comparisons such as `<= 50`. */
  readonly is: 'like' | 'exactly' | 'missing';
  /** Values that are allowed; none where the cell must have none. */
  readonly values: readonly string[];
}

export interface AcceptTrial {
  /** Of the rows that are shown here. */
  readonly hides: number;
  readonly rows: number;
  /** Rows of saved runs that it would hide, and the runs that hold such rows. */
  readonly saved: { readonly runs: number; readonly rows: number; readonly looked: number };
  /** Groups judged malicious that it would hide: then it is refused. */
  readonly malicious: number;
  readonly toml: string;
  /** Why it cannot be saved; null where it can. */
  readonly problem: string | null;
}

export interface AcceptRequest {
  readonly question: Question;
  readonly handle: string;
  readonly conditions: readonly AcceptCondition[];
  readonly reason: string;
  /** A day, or null for never. */
  readonly expires: string | null;
  readonly owner: string;
}

/** What somebody decided about a group. */
export interface JudgedGroup {
  readonly hunt: string | null;
  readonly query: number;
  readonly key: { readonly columns: readonly ColumnInfo[]; readonly values: readonly Cell[] };
  readonly verdict: Judged | null;
  readonly note: string | null;
  readonly at: number;
  readonly by: string;
}

export interface RowEventsInfo {
  readonly columns: readonly ColumnInfo[];
  readonly values: readonly (readonly Cell[])[];
  readonly total: number;
  readonly key: string | null;
  readonly notes: readonly string[];
  /** Ids of processes among the events, the most frequent first: what the process panel can show. */
  readonly processes: readonly ProcessRef[];
}

export interface ProcessRef {
  readonly entityId: string;
  readonly host: string | null;
  readonly name: string | null;
  readonly events: number;
}

/** Every short call: what is sent, and what is answered. */
export interface Calls {
  hello: { request: Record<never, never>; answer: Hello };
  hunts: {
    request: Record<never, never>;
    answer: {
      readonly hunts: readonly HuntCard[];
      readonly problems: readonly string[];
      /** In the order of an attack. */
      readonly tactics: readonly TacticInfo[];
    };
  };
  now: { request: { readonly now: 'newest event' | 'clock' | number }; answer: DataInfo };
  'hunt/open': { request: { readonly question: Question }; answer: OpenedHunt };
  'hunt/write': {
    request: { readonly question: Question; readonly name: string };
    /** `written`: the file in its library; `hunt`: what the page calls the new hunt. */
    answer: { readonly toml: string; readonly written: string | null; readonly hunt: string | null };
  };
  'language/check': {
    request: { readonly text: string };
    answer: { readonly problems: readonly Problem[]; readonly steps: readonly StepInfo[] };
  };
  'language/complete': {
    request: { readonly text: string; readonly offset: number };
    answer: { readonly from: number; readonly items: readonly Completion[] };
  };
  'language/format': { request: { readonly text: string }; answer: { readonly edits: readonly Edit[] } };
  counts: {
    request: { readonly question: Question };
    answer: { readonly steps: readonly StepCount[]; readonly revision: number };
  };
  'condition-count': {
    request: { readonly question: Question; readonly condition: string };
    answer: { readonly rows: number | null; readonly of: number | null; readonly reason: string | null };
  };
  histogram: {
    request: { readonly question: Question; readonly bars: number; readonly by: string | null };
    answer: {
      readonly bars: readonly Bar[];
      readonly series: readonly string[];
      readonly step: number;
      readonly first: number | null;
      readonly last: number | null;
      /** What the question's own window is, with its chips; null for an open end. */
      readonly window: { readonly from: number | null; readonly to: number | null };
      readonly now: number;
      /** Why there are no bars. */
      readonly reason: string | null;
    };
  };
  fields: {
    request: { readonly question: Question; readonly step: number };
    answer: { readonly fields: readonly FieldInfo[]; readonly reason: string | null };
  };
  'field-values': {
    request: { readonly question: Question; readonly step: number; readonly field: string };
    answer: FieldValues;
  };
  rows: {
    request: {
      readonly handle: string;
      readonly columns: readonly number[];
      readonly from: number;
      readonly to: number;
      readonly sort: { readonly column: number; readonly descending: boolean } | null;
      readonly filter: string | null;
      readonly hidden: boolean;
    };
    answer: RowsPage & { readonly of: number };
  };
  /** One row by its place in the whole answer, with long values cut much later than in a table. */
  record: {
    request: { readonly handle: string; readonly row: number };
    answer: { readonly values: readonly Cell[]; readonly cut: readonly CutCell[] };
  };
  /** One value, whole, and how many rows of the answer have it. */
  cell: {
    request: { readonly handle: string; readonly row: number; readonly column: number };
    answer: {
      readonly value: Cell;
      readonly same: number;
      readonly of: number;
      /** Rows with less, and with as much or more; null where values have no order. */
      readonly below: number | null;
      readonly atLeast: number | null;
    };
  };
  tuning: { request: { readonly question: Question }; answer: TuningInfo };
  'tuning/near': {
    request: {
      readonly handle: string;
      /** Places among the rows before the thresholds. */
      readonly places: readonly number[];
      /** By the place of the threshold, null for what stands there, to have hits counted by a run; null to count nothing. */
      readonly count: readonly (number | null)[] | null;
    };
    answer: NearRows;
  };
  /** Places among the rows before the thresholds that the allow-list hides; null where the rows are too many to look. */
  'tuning/accepted': {
    request: { readonly handle: string };
    answer: { readonly places: readonly number[] | null };
  };
  'row-events': {
    request: { readonly question: Question; readonly handle: string; readonly row: number; readonly limit: number };
    answer: RowEventsInfo;
  };
  /** Where a value occurs: in all events, and in the answers that are still kept. */
  'where-else': {
    request: { readonly value: string; readonly type: string };
    answer: {
      readonly found: readonly Occurrence[];
      readonly answers: readonly { readonly question: Question; readonly rows: number; readonly of: number }[];
    };
  };
  judge: { request: NewJudgement; answer: { readonly saved: boolean } };
  judgements: {
    request: { readonly hunt: string | null };
    answer: { readonly judged: readonly JudgedGroup[] };
  };
  'accept/trial': { request: AcceptRequest; answer: AcceptTrial };
  'accept/save': { request: AcceptRequest; answer: { readonly written: string | null; readonly toml: string } };
  'accept/conditions': {
    request: { readonly handle: string; readonly row: number };
    answer: {
      readonly conditions: readonly AcceptCondition[];
      /** What the other columns of the row hold. */
      readonly others: readonly AcceptCondition[];
      readonly owner: string;
    };
  };
  runs: { request: Record<never, never>; answer: { readonly runs: readonly SavedRunInfo[] } };
  'runs/save': {
    request: { readonly name: string; readonly answers: readonly string[]; readonly replace: boolean };
    answer: { readonly name: string };
  };
  trail: { request: Record<never, never>; answer: { readonly entries: readonly TrailEntry[] } };
  'trail/add': { request: { readonly entry: Omit<TrailEntry, 'at'> }; answer: { readonly at: number } };
  'trail/star': { request: { readonly at: number; readonly starred: boolean }; answer: Record<never, never> };
  /** A layer for the ATT&CK Navigator of what answers found. */
  'attack/layer': {
    request: { readonly answers: readonly string[] };
    answer: { readonly name: string; readonly text: string };
  };
  /** Makes a file of an answer's rows, or of the hunt as it was asked: then `file` is its name under `files/`. */
  export: {
    request: { readonly answer: string; readonly format: ExportFormat; readonly hidden: boolean };
    answer: MadeFile;
  };
  jobs: { request: Record<never, never>; answer: { readonly jobs: readonly JobInfo[] } };
}

export type CallName = keyof Calls;

/**
 * What comes in place of an answer where the question cannot be answered: a text that is wrong, rows that cannot be
 * traced. Browsers report answers of status 400 as errors of the page, which these are not.
 */
export interface Refused {
  readonly refused: { readonly status: number; readonly message: string; readonly hint: string | null };
}

/** Every long piece of work: what it is asked, and what each line of its answer says. */
export interface Jobs {
  coverage: { request: { readonly hunts: readonly string[] }; item: CoverageInfo };
  run: { request: { readonly questions: readonly Question[]; readonly keep: boolean }; item: ResultInfo };
  backfill: {
    request: {
      readonly question: Question;
      /** `24h`; null for the length of the window that the question has. */
      readonly step: string | null;
      /** Windows at most: the last ends now. */
      readonly most: number;
    };
    item: BackfillItem;
  };
  pivot: {
    request: { readonly entityId: string; readonly host: string | null; readonly hunt: string | null };
    item: PivotItem;
  };
  diff: {
    request: {
      readonly before: string;
      /** Another saved run; null for answers of this session. */
      readonly after: string | null;
      readonly answers: readonly string[];
      /** One hunt; null for all. */
      readonly hunt: string | null;
    };
    item: DiffItem;
  };
  report: { request: ReportRequest; item: MadeFile };
}

export type JobKind = keyof Jobs;
/** A job as it is asked for. */
export type JobRequest = { [K in JobKind]: { readonly kind: K } & Jobs[K]['request'] }[JobKind];

export interface JobInfo {
  readonly job: string;
  readonly kind: JobKind;
  readonly state: JobState;
  readonly done: number;
  readonly of: number;
  readonly tookMs: number;
  readonly error: string | null;
}

/** A window of the past: it ends at `now`. */
export interface PastWindow {
  readonly now: number;
  /** Null where it was not asked yet. */
  readonly rows: number | null;
  /** Events of the sources that the question reads; zero is no data, whatever `rows` says. */
  readonly events: number;
}

/** What is known of the past, each time of all windows: what was asked in one pass comes in one item. */
export interface BackfillItem {
  /** The earliest first. */
  readonly windows: readonly PastWindow[];
  /** Milliseconds between two windows, and the length of each; null for a question without a window. */
  readonly step: number;
  readonly length: number | null;
  readonly passes: 'one' | 'many';
  /** The columns of the keys of rows. */
  readonly keys: readonly ColumnInfo[];
  /** The rows of the last window: since when they are seen, and in how many of the windows asked. */
  readonly firstSeen: readonly { readonly key: readonly Cell[]; readonly now: number; readonly windows: number }[];
}

/** A part of what is known of a process, as it becomes known. */
export type PivotItem = ProcessItem | ActivityItem | SectionItem;

/** What the process is, and its place among others. */
export interface ProcessItem {
  readonly section: 'process';
  readonly title: string;
  /** Terms and texts; null for what no event says. */
  readonly facts: readonly (readonly [string, string | null])[];
  readonly tree: ProcessLine;
  readonly notes: readonly string[];
}

/** A process of a tree; null for what no event says. Times are ISO 8601. */
export interface ProcessLine {
  readonly entityId: string;
  readonly name: string | null;
  readonly pid: number | null;
  readonly executable: string | null;
  readonly commandLine: string | null;
  readonly user: string | null;
  readonly signature: string | null;
  readonly started: string | null;
  readonly ended: string | null;
  /** None for a process that only others name. */
  readonly events: number;
  readonly firstSeen: string | null;
  readonly lastSeen: string | null;
  readonly isFocus: boolean;
  readonly children: readonly ProcessLine[];
  readonly moreChildren: number;
  readonly moreAncestors: number;
}

/** Events of the process in equal spans of time, by kind. */
export interface ActivityItem {
  readonly section: 'activity';
  readonly start: number;
  readonly span: number;
  readonly kinds: readonly { readonly kind: string; readonly counts: readonly number[] }[];
}

/** What it did of one sort. */
export interface SectionItem {
  readonly section: 'network' | 'dns' | 'files' | 'registry' | 'libraries' | 'other' | 'timeline';
  readonly title: string;
  /** `3 addresses, 720 events`, `none`, or why the data cannot tell. */
  readonly summary: string;
  readonly outcome: 'some' | 'none' | 'cannot tell';
  readonly columns: readonly { readonly name: string; readonly isNumber: boolean }[];
  readonly rows: readonly (readonly string[])[];
  /** Rows that are left out. */
  readonly left: number;
}

/** What became of one query between two runs. Lists hold the first rows; `counts` are of all. */
/** A row that one side has, with what was decided about it. */
export interface DiffRow {
  readonly cells: readonly Cell[];
  readonly judgement: DiffJudgement | null;
}

export interface DiffJudgement {
  readonly verdict: string | null;
  readonly note: string | null;
  /** What the row was when it was judged, in words; null where it is the same. */
  readonly givenFor: string | null;
}

export interface DiffItem {
  readonly hunt: string | null;
  readonly query: number;
  readonly name: string;
  readonly columns: readonly ColumnInfo[];
  readonly fresh: readonly DiffRow[];
  readonly gone: readonly DiffRow[];
  /** Rows of the earlier run alone, of which nobody can tell whether they are gone; `whyUnknown` says why. */
  readonly unknown: readonly DiffRow[];
  readonly whyUnknown: string | null;
  /** `places`: the columns that differ. */
  readonly changed: readonly {
    readonly before: readonly Cell[];
    readonly after: readonly Cell[];
    readonly places: readonly number[];
    /** Of the later row. */
    readonly judgement: DiffJudgement | null;
  }[];
  readonly counts: {
    readonly fresh: number;
    readonly gone: number;
    readonly unknown: number;
    readonly changed: number;
    readonly same: number;
  };
  /** Why they cannot be compared. */
  readonly reason: string | null;
  /** Both texts where they differ: what changed may be the question. */
  readonly texts: { readonly before: string; readonly after: string } | null;
  readonly notes: readonly string[];
}

export type ExportFormat = 'csv' | 'ndjson' | 'toml';

/** A file that the server holds for a while. */
export interface MadeFile {
  readonly file: string;
  readonly name: string;
  readonly bytes: number;
}

export interface ReportRequest {
  readonly title: string;
  readonly answers: readonly string[];
  readonly rows: 'all' | 'judged' | 'not accepted';
  /** Notes of verdicts, and the starred steps of the trail. */
  readonly notes: boolean;
  /** Pictures and process trees of the hits, which take a while. */
  readonly evidence: boolean;
  /** Fields whose values are replaced by aliases: `user.name` by user-1. */
  readonly redact: readonly string[];
}

/** A line of the stream. */
export type StreamLine =
  | { readonly seq: number; readonly kind: 'data'; readonly data: DataInfo }
  | { readonly seq: number; readonly kind: 'job'; readonly job: JobInfo }
  | {
      readonly seq: number;
      readonly kind: 'item';
      readonly job: string;
      readonly of: JobKind;
      readonly place: number;
      readonly item: unknown;
    }
  | { readonly seq: number; readonly kind: 'judged'; readonly hunt: string | null }
  | { readonly seq: number; readonly kind: 'alive' };

export type { Verdict };
