import type { JSX } from 'preact';
import { StateWord } from '../../../view/outcome.tsx';
import type { JobInfo } from '../../contract/calls.ts';
import type { Question } from '../../contract/question.ts';
import type { ResultInfo } from '../../contract/states.ts';
import { questionKey } from '../state/location.ts';
import { data, jobs, run, sayError, waiting } from '../state/session.ts';
import { countWords, durationWords, timeWords } from '../words.ts';

/** Why an answer no longer is the answer to what is asked; null where it is. */
export function staleness(
  question: Question,
  result: ResultInfo,
  revision: number | null,
  isGone: boolean,
): string | null {
  if (questionKey(question) !== questionKey(result.question)) return 'query changed';
  if (revision !== null && revision !== result.revision) return 'data changed';
  return isGone ? 'no longer kept' : null;
}

/** What came of the question, in words: what of, when, how long, and what is missing. */
export function Strip({
  question,
  result,
  isGone,
  withHidden,
  onHidden,
}: {
  readonly question: Question;
  readonly result: ResultInfo | null;
  readonly isGone: boolean;
  readonly withHidden: boolean;
  readonly onHidden: () => void;
}): JSX.Element {
  const waits = waiting.value.get(questionKey(question));
  const job = waits && jobs.value.get(waits.job);
  const stale = result && staleness(question, result, data.value?.revision ?? null, isGone);
  return (
    <div class="strip-box">
      <p class="strip" role="status">
        {waits ? <Waiting job={job} place={waits.place} /> : null}
        {!waits && !result ? <span>not run yet: Ctrl+Enter runs it</span> : null}
        {stale ? <StateWord state="stale" detail={stale} separator=": " /> : null}
        {result ? <Outcome result={result} /> : null}
        {result ? <Hidden result={result} isShown={withHidden} onToggle={onHidden} /> : null}
        {result?.isCut ? <span class="state-partial">{`cut: ${result.rows.toLocaleString('en')} of more`}</span> : null}
        {result?.fresh ? <span>{`${result.fresh.rows} new since ${result.fresh.since}`}</span> : null}
        {result ? (
          <span title={`NOW() was ${new Date(result.now).toISOString()}`}>
            {`ran ${timeWords(result.ranAt)}, took ${durationWords(result.tookMs)}`}
          </span>
        ) : null}
        {result ? <Partial result={result} /> : null}
        {stale ? (
          <button type="button" onClick={() => void run([question]).catch(sayError)}>
            Run again <kbd>Ctrl+Enter</kbd>
          </button>
        ) : null}
      </p>
      {result ? <Reasons result={result} /> : null}
    </div>
  );
}

function Waiting({ job, place }: { readonly job: JobInfo | undefined; readonly place: number }): JSX.Element {
  if (job?.state === 'stopping') return <StateWord state="stopping" />;
  if (job?.state === 'running' && job.done >= place)
    return <StateWord state="running" {...(job.tookMs > 0 && { detail: durationWords(job.tookMs) })} />;
  return <StateWord state="queued" />;
}

function Outcome({ result }: { readonly result: ResultInfo }): JSX.Element {
  const { outcome, rows, looked } = result;
  if (outcome === 'hits') {
    const hidden = result.hidden.reduce((sum, entry) => sum + entry.rows, 0);
    return (
      <>
        <StateWord state="hits" detail={rows.toLocaleString('en')} />
        {hidden > 0 ? <span>{`of ${countWords(rows + hidden, 'row')}`}</span> : null}
      </>
    );
  }
  return (
    <>
      <StateWord state={outcome} />
      {outcome === 'none' && looked !== null ? <span>{`of ${countWords(looked, 'event')} it is about`}</span> : null}
    </>
  );
}

function Hidden({
  result: { hidden },
  isShown,
  onToggle,
}: {
  readonly result: ResultInfo;
  readonly isShown: boolean;
  readonly onToggle: () => void;
}): JSX.Element | null {
  const rows = hidden.reduce((sum, entry) => sum + entry.rows, 0);
  if (rows === 0) return null;
  const title = hidden.map((entry) => `${countWords(entry.rows, 'row')}: ${entry.reason} (${entry.entry})`).join('\n');
  return (
    <button type="button" class="quiet" aria-pressed={isShown} title={title} onClick={onToggle}>
      {`${isShown ? 'shown' : 'hidden'}: ${rows.toLocaleString('en')} accepted `}
      <kbd>h</kbd>
    </button>
  );
}

/** What of the data the answer did not see. */
function Partial({ result: { unread, isCut } }: { readonly result: ResultInfo }): JSX.Element | null {
  const reading = data.value?.reading;
  if (reading)
    return <StateWord state="partial" detail={`${reading.files} of ${reading.of} files read`} separator=": " />;
  return unread !== null && !isCut ? <StateWord state="partial" detail={unread} separator=": " /> : null;
}

/** Why there is no answer, or what is to be known of it, each with what to do. */
function Reasons({ result }: { readonly result: ResultInfo }): JSX.Element | null {
  const { error, problem, reasons, notes, warnings, outcome } = result;
  const said = new Set(reasons.map(({ message }) => message));
  // Warnings of a missing LIMIT say what "cut" says.
  const others = [...notes, ...warnings.filter((warning) => !warning.startsWith('No limit defined'))].filter(
    (note) => !said.has(note),
  );
  if (error === null && problem === null && reasons.length === 0 && others.length === 0) return null;
  return (
    <ul class="reasons">
      {problem ? (
        <li class="state-failed">
          {`${placeText(result.text, problem.from)}: ${problem.message}`}
          {problem.hint === null ? null : <span class="remedy">{` → ${problem.hint}`}</span>}
        </li>
      ) : error !== null ? (
        <li class="state-failed">{error}</li>
      ) : null}
      {reasons.map(({ message, remedy }) => (
        <li key={message}>
          {message}
          {remedy === null ? null : <span class="remedy">{` → ${remedy}`}</span>}
        </li>
      ))}
      {others.map((note) => (
        <li key={note}>{note}</li>
      ))}
      {outcome === 'interrupted' ? <li>It was stopped before its end: Ctrl+Enter runs it again.</li> : null}
    </ul>
  );
}

/** `line 3, column 7`. */
export function placeText(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `line ${before.length}, column ${before.at(-1)!.length + 1}`;
}
