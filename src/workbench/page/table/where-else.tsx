import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Value } from '../../../view/value.tsx';
import type { Calls, Occurrence } from '../../contract/calls.ts';
import type { Question, Scalar } from '../../contract/question.ts';
import { call } from '../api/client.ts';
import { Dialog } from '../palette/dialog.tsx';
import { closeSheet, openSheet } from '../palette/sheet.ts';
import { noQuestion, openQuestion, questionKey } from '../state/location.ts';
import { huntsById, run, sayError } from '../state/session.ts';
import { countWords, timeWords } from '../words.ts';

interface Sought {
  readonly value: Scalar;
  readonly type: string;
  readonly name: string;
}

const sought = signal<Sought | null>(null);

/** Types whose values are looked for everywhere. */
export const isSoughtElsewhere = (type: string): boolean => type === 'keyword' || type === 'text' || type === 'ip';

/** Shows where else a value occurs. */
export function seek(value: Sought): void {
  sought.value = value;
  openSheet('where-else');
}

/** Opens a question and runs it. */
function follow(question: Question): void {
  closeSheet();
  openQuestion(question);
  void run([question]).catch(sayError);
}

/** Where a value occurs: by field and index with hosts and times, and in the answers of this session. */
export function WhereElse(): JSX.Element {
  const { value, type, name } = sought.value!;
  const [known, setKnown] = useState<Calls['where-else']['answer'] | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  useEffect(() => {
    const controller = new AbortController();
    call('where-else', { value: String(value), type }, controller.signal).then(setKnown, (error: Error) => {
      if (!controller.signal.aborted) setRefusal(error.message);
    });
    return () => controller.abort();
  }, []);
  return (
    <Dialog label="Where else" name="where-else">
      <h2 tabIndex={-1} data-first>
        Where else
      </h2>
      <p class="sought">
        <Value value={value} type={type} name={name} />
      </p>
      <p role="status">
        {refusal !== null
          ? `cannot tell: ${refusal}`
          : known === null
            ? 'looking through every field of all events …'
            : known.found.length === 0
              ? 'none: no field of any event has exactly this value'
              : `${countWords(known.found.length, 'field')} of all events`}
      </p>
      {known && known.found.length > 0 ? <Found found={known.found} /> : null}
      {known && known.answers.length > 0 ? (
        <>
          <h3>Answers of this session</h3>
          <ul>
            {known.answers.map(({ question, rows, of }) => (
              <li key={questionKey(question)}>
                <a href={questionKey(question)} onClick={closeSheet}>
                  {(question.hunt !== null && huntsById.value.get(question.hunt)?.name) || 'Query'}
                </a>
                {`: ${rows.toLocaleString('en')} of ${countWords(of, 'row')}`}
              </li>
            ))}
          </ul>
        </>
      ) : null}
      <button type="button" onClick={closeSheet}>
        Close <kbd>Esc</kbd>
      </button>
    </Dialog>
  );
}

function Found({ found }: { readonly found: readonly Occurrence[] }): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard
    <div class="scrolls" tabIndex={0} role="region" aria-label="Fields with this value">
      <table>
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Index</th>
            <th scope="col">Events</th>
            <th scope="col">Hosts</th>
            <th scope="col">First and last</th>
          </tr>
        </thead>
        <tbody>
          {found.map(({ field, index, events, hosts, first, last, query }) => (
            <tr key={`${index} ${field}`}>
              <th scope="row">
                <a
                  href={questionKey({ ...noQuestion, text: query })}
                  onClick={(event) => {
                    event.preventDefault();
                    follow({ ...noQuestion, text: query });
                  }}
                >
                  {field}
                </a>
              </th>
              <td>{index}</td>
              <td class="numeric">{events.toLocaleString('en')}</td>
              <td class="numeric">{hosts === null ? 'no host named' : hosts.toLocaleString('en')}</td>
              <td>{first === null || last === null ? 'no time' : `${timeWords(first)} to ${timeWords(last)}`}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
