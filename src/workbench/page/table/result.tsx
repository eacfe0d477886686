import type { JSX } from 'preact';
import { StateWord } from '../../../view/outcome.tsx';
import type { Question } from '../../contract/question.ts';
import { questionKey } from '../state/location.ts';
import { jobs, results, waiting } from '../state/session.ts';
import { countWords, durationWords } from '../words.ts';

/** What came of a question: its state in words, then its rows. */
export function Result({ question }: { readonly question: Question }): JSX.Element {
  const key = questionKey(question);
  const result = results.value.get(key);
  const waits = waiting.value.get(key);
  const job = waits && jobs.value.get(waits.job);
  return (
    <section class="result" aria-label="Result">
      <p class="strip" role="status">
        {waits ? (
          <StateWord
            state={job?.state === 'stopping' ? 'stopping' : job && job.done >= waits.place ? 'running' : 'queued'}
          />
        ) : null}
        {!waits && !result ? 'not run yet: Ctrl+Enter runs it' : null}
        {result ? (
          <StateWord state={result.outcome} {...(result.outcome === 'hits' && { detail: result.rows })} />
        ) : null}
        {result ? ` ran in ${durationWords(result.tookMs)}` : ''}
        {result?.isCut ? ` · cut: ${countWords(result.rows, 'row')} of more` : ''}
      </p>
      {result?.reasons.map(({ message, remedy }) => (
        <p key={message} class="reason">
          {message}
          {remedy !== null ? <span class="remedy">{` → ${remedy}`}</span> : null}
        </p>
      ))}
    </section>
  );
}
