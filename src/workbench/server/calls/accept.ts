import { randomBytes } from 'node:crypto';
import { relative } from 'node:path';
import { InputError } from '../../../diagnostics/diagnostic.ts';
import type { HuntResult } from '../../../report/report.ts';
import { appendEntry, entryText } from '../../../runs/accepted/append-entry.ts';
import { applyAccepted } from '../../../runs/accepted/apply.ts';
import { type AcceptedEntry, type Condition, isExpired, type Term } from '../../../runs/accepted/entry.ts';
import { checkConditions, conditionsOfRow } from '../../../runs/accepted/new-conditions.ts';
import { groupKeysOf } from '../../../runs/group-keys.ts';
import { identityOf } from '../../../runs/run-diff.ts';
import { SavedRuns } from '../../../runs/saved-runs.ts';
import { huntName, type Judgement, subjectOf } from '../../../runs/verdicts/judgement.ts';
import { parseDate } from '../../../values/date.ts';
import { isNumeric, type ResultColumn } from '../../../values/types.ts';
import type { AcceptCondition, AcceptRequest } from '../../contract/calls.ts';
import type { Handler } from '../call.ts';
import type { Workbench } from '../context.ts';
import { type KeptResult, shownPlaces } from '../handles.ts';
import { judgedResult } from '../judgements.ts';

/** Saved runs that a trial looks through, the newest first. */
const mostRuns = 20;

/** The conditions that a row suggests: its keys, and what else it holds to choose from. */
export const acceptConditions: Handler<'accept/conditions'> = async ({ handle, row }, workbench) => {
  const { rows, columns, whole } = workbench.handles.get(handle);
  const cells = rows[row];
  if (!cells) throw new InputError(`there is no row ${row + 1}`);
  const keys = (await groupKeysOf(whole.text)) ?? [];
  const written = [...conditionsOfRow(columns, cells, [...new Set(columns.map(({ name }) => name))])].map(
    ([column, condition]) => writtenCondition(column, condition),
  );
  return {
    conditions: written.filter(({ column }) => keys.includes(column)),
    others: written.filter(({ column }) => !keys.includes(column)),
    owner: workbench.options.user,
  };
};

/** What an entry would hide, before anybody saves it. */
export const acceptTrial: Handler<'accept/trial'> = async (request, workbench) => {
  const kept = workbench.handles.get(request.handle);
  const entry = entryOf(request, kept);
  const toml = entryText(entry);
  const nothing = { hides: 0, saved: { runs: 0, rows: 0, looked: 0 }, malicious: 0, toml };
  const accepted = await workbench.options.accepted();
  const shown = shownPlaces(kept, accepted, false);
  try {
    checkEntry(entry, kept);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { ...nothing, rows: shown.length, problem: wordsOf(error) };
  }
  const hiddenHere = hiddenRows(kept.whole, entry);
  const runs = await savedResults(kept, workbench);
  const inRuns = runs.map((results) => results.reduce((sum, result) => sum + hiddenRows(result, entry).size, 0));
  const malicious = await maliciousGroups(entry, kept, runs, workbench);
  return {
    hides: shown.filter((place) => hiddenHere.has(place)).length,
    rows: shown.length,
    saved: {
      runs: inRuns.filter((rows) => rows > 0).length,
      rows: inRuns.reduce((sum, rows) => sum + rows, 0),
      looked: runs.length,
    },
    ...{ malicious, toml },
    problem: malicious > 0 ? refusal(malicious) : request.reason.trim() === '' ? needsReason : null,
  };
};

/** Adds an entry to the allow-list; without --write it gives the text alone. */
export const acceptSave: Handler<'accept/save'> = async (request, workbench) => {
  const kept = workbench.handles.get(request.handle);
  const entry = entryOf(request, kept);
  if (request.reason.trim() === '') throw new InputError(needsReason, 'say why these rows are harmless');
  checkEntry(entry, kept);
  const malicious = await maliciousGroups(entry, kept, await savedResults(kept, workbench), workbench);
  if (malicious > 0) throw new InputError(refusal(malicious), 'judge them anew first, or narrow the conditions');
  const toml = entryText(entry);
  if (!workbench.options.write) return { written: null, toml };
  const { acceptedFile } = workbench.options;
  await appendEntry(acceptedFile, entry);
  workbench.stream.say({ kind: 'judged', hunt: request.question.hunt });
  return { written: relative('', acceptedFile) || acceptedFile, toml };
};

const needsReason = 'an entry needs a reason';
const refusal = (rows: number): string =>
  `it would hide ${rows === 1 ? 'a row that is' : `${rows} rows that are`} judged malicious`;
const wordsOf = ({ message, hint }: InputError): string => (hint === undefined ? message : `${message}: ${hint}`);

/** An entry as a request has it. Throws an InputError where it can be about no hunt. */
function entryOf(
  { conditions, reason, expires, owner }: AcceptRequest,
  { whole, columns }: Pick<KeptResult, 'whole' | 'columns'>,
): AcceptedEntry {
  const { hunt, query } = whole;
  const name = huntName(whole);
  if (!hunt || name === null)
    throw new InputError('rows of a query that belongs to no hunt cannot be accepted', 'write it as a hunt first: w');
  if (expires !== null && (!/^\d{4}-\d{2}-\d{2}$/.test(expires) || parseDate(expires) === null))
    throw new InputError(`${expires} is no date`, 'for example 2026-12-31');
  return {
    id: randomBytes(4).toString('hex'),
    ...{ hunt: name, query: hunt.queries.length > 1 ? query + 1 : null, expires },
    conditions: new Map(conditions.map((one) => [one.column, conditionOf(one, columns)])),
    reason: reason.trim(),
    owner: owner.trim() === '' ? null : owner.trim(),
    created: new Date().toISOString().slice(0, 10),
  };
}

/** Throws an InputError where an entry would hide everything or nothing. */
function checkEntry({ conditions, expires }: AcceptedEntry, { columns }: Pick<KeptResult, 'columns'>): void {
  if (conditions.size === 0) throw new InputError('an entry without conditions would hide everything');
  for (const [column, condition] of conditions)
    if (condition.kind === 'any' && condition.terms.every((term) => term.kind === 'pattern' && term.text.trim() === ''))
      throw new InputError(`${column} has no value`);
  if (isExpired({ expires }, new Date())) throw new InputError(`an entry until ${expires} would hide nothing`);
  const types = new Map(columns.map(({ name, type }) => [name, type]));
  const unknown = [...conditions.keys()].find((name) => !types.has(name));
  if (unknown !== undefined) throw new InputError(`the query gives no column ${unknown}`);
  checkConditions(conditions, types);
}

function conditionOf({ column, is, values }: AcceptCondition, columns: readonly ResultColumn[]): Condition {
  if (is === 'missing') return { kind: 'null' };
  const type = columns.find(({ name }) => name === column)?.type;
  const termOf = (text: string): Term => {
    if (type && isNumeric(type) && /^-?\d+$/.test(text.trim())) return { kind: 'exact', value: BigInt(text.trim()) };
    return is === 'exactly' ? { kind: 'exact', value: text } : { kind: 'pattern', text };
  };
  return { kind: 'any', terms: values.map(termOf) };
}

function writtenCondition(column: string, condition: Condition): AcceptCondition {
  if (condition.kind === 'null') return { column, is: 'missing', values: [] };
  const isExact = condition.terms.some((term) => term.kind === 'exact' && /[*/]/.test(String(term.value)));
  const values = condition.terms.map((term) => (term.kind === 'exact' ? String(term.value) : term.text));
  return { column, is: isExact ? 'exactly' : 'like', values };
}

/** The places of the rows that an entry alone would hide. */
function hiddenRows(result: HuntResult, entry: AcceptedEntry): ReadonlySet<number> {
  const all = (result.result?.values ?? []).map((_, place) => place);
  const whole: HuntResult = { ...result, hidden: [] };
  const list = { file: 'the entry', entries: [{ ...entry, line: 1 }] };
  const [left] = applyAccepted([whole], list, new Date(0)) as [HuntResult];
  if (left.hidden.length === 0) return new Set();
  const shown = new Set(left.places);
  return new Set(all.filter((place) => !shown.has(place)));
}

/** Results of the same query in saved runs, read once for each answer. */
const savedOf = new WeakMap<KeptResult, Promise<HuntResult[][]>>();

function savedResults(kept: KeptResult, { options }: Workbench): Promise<HuntResult[][]> {
  const known = savedOf.get(kept) ?? readSaved(kept, options.state);
  savedOf.set(kept, known);
  return known;
}

async function readSaved({ whole }: KeptResult, state: string): Promise<HuntResult[][]> {
  const runs = new SavedRuns(state);
  const wanted = identityOf(whole);
  const found: HuntResult[][] = [];
  for await (const { results } of runs.readNewest(mostRuns))
    found.push(results.filter((result) => identityOf(result) === wanted));
  return found;
}

/** How many groups that are judged malicious an entry would hide: as they were when they were judged, here, and in saved runs. */
async function maliciousGroups(
  entry: AcceptedEntry,
  kept: KeptResult,
  saved: readonly HuntResult[][],
  { judgements }: Workbench,
): Promise<number> {
  const all = await judgements.all();
  const malicious = new Map([...all].filter(([, { verdict }]) => verdict === 'malicious'));
  if (malicious.size === 0) return 0;
  const hidden = new Set<string>();
  for (const [subject, judgement] of malicious)
    if (hiddenRows(asResult(judgement), entry).size > 0) hidden.add(subject);
  for (const whole of [kept.whole, ...saved.flat()]) {
    const places = hiddenRows(whole, entry);
    if (places.size === 0) continue;
    const judged = await judgedResult({ whole });
    for (const place of places) {
      const found = judged.at(place, malicious);
      if (found) hidden.add(subjectOf(found.judgement));
    }
  }
  return hidden.size;
}

/** The row of a judgement, as it was when it was given, as a result of its own. */
function asResult({ hunt, query, key, rest, text }: Judgement): HuntResult {
  const columns = [...key.columns, ...rest.columns];
  return {
    // The entry names the hunt as the judgement does; nothing else of it is asked.
    hunt: { uuid: hunt, name: hunt } as HuntResult['hunt'],
    ...{ query, text, outcome: 'hits', error: null, notes: [], coverage: null, hidden: [] },
    ...{ drillDown: null, evidence: null },
    result: { columns, values: [[...key.values, ...rest.values]], warnings: [], notes: [], tookMs: 0 },
  };
}
