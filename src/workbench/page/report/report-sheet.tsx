import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { StateWord } from '../../../view/outcome.tsx';
import type { ExportFormat, MadeFile, ReportRequest } from '../../contract/calls.ts';
import type { ResultInfo } from '../../contract/states.ts';
import { call } from '../api/client.ts';
import { opened } from '../hunt/opened.ts';
import { Dialog } from '../palette/dialog.tsx';
import { closeSheet } from '../palette/sheet.ts';
import { Scrolling } from '../scrolling.tsx';
import { newestAnswers, withAnswers } from '../state/answers.ts';
import { place, questionKey } from '../state/location.ts';
import { cancel, huntsById, jobs, results, say, sayError, work } from '../state/session.ts';
import { countWords } from '../words.ts';
import { saveFile } from './downloads.ts';

/** Fields that name people and machines. */
const telling = ['user.name', 'host.name', 'source.ip', 'host.ip'];

const rowChoices: readonly { readonly rows: ReportRequest['rows']; readonly label: string }[] = [
  { rows: 'not accepted', label: 'not accepted: without what the allow-list hides' },
  { rows: 'judged', label: 'judged: rows with a verdict' },
  { rows: 'all', label: 'all, accepted ones too' },
];

/** Hands over what was found: as a report in one file, as rows, as a hunt, as a command. */
export function ReportSheet(): JSX.Element {
  const all = newestAnswers(results.value);
  return (
    <Dialog label="Report" name="report">
      <header>
        <h2>Report</h2>
        <button type="button" onClick={closeSheet}>
          Close <kbd>Esc</kbd>
        </button>
      </header>
      {all.length === 0 ? (
        <p class="nothing">Nothing ran here yet, so there is nothing to report. Run a hunt first: Ctrl+Enter.</p>
      ) : (
        <ReportForm all={all} />
      )}
      <Files />
    </Dialog>
  );
}

const nameOf = ({ question: { hunt, query } }: ResultInfo): string => {
  const card = hunt === null ? undefined : huntsById.value.get(hunt);
  if (!card) return hunt ?? 'Query';
  return card.queries.length > 1 ? `${card.name}, query ${query + 1}` : card.name;
};

function ReportForm({ all }: { readonly all: readonly ResultInfo[] }): JSX.Element {
  const [title, setTitle] = useState(() => `Hunt of ${new Date().toISOString().slice(0, 10)}`);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [rows, setRows] = useState<ReportRequest['rows']>('not accepted');
  const [notes, setNotes] = useState(true);
  const [evidence, setEvidence] = useState(false);
  const [redact, setRedact] = useState('');
  const [made, setMade] = useState<MadeFile | null>(null);
  const [job, setJob] = useState<string | null>(null);
  const chosen = all.filter((result) => !left.has(result.answer));
  const fields = redact.split(/[\s,]+/).filter((name) => name !== '');
  const running = job === null ? undefined : jobs.value.get(job);
  const make = async (): Promise<void> => {
    setMade(null);
    try {
      const questions = chosen.map(({ question }) => question);
      const state = await withAnswers(questions, (answers) =>
        work(
          { kind: 'report', title, answers, rows, notes, evidence, redact: fields },
          (item) => setMade(item as MadeFile),
          (started) => setJob(started.job),
        ),
      );
      if (state === 'interrupted') say('the report was not finished');
    } catch (error) {
      sayError(error);
    }
    setJob(null);
  };
  const toggle = (name: string): void =>
    setRedact((fields.includes(name) ? fields.filter((one) => one !== name) : [...fields, name]).join(', '));
  return (
    <>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
        onInput={() => setMade(null)}
      >
        <label>
          Title <input data-first type="text" value={title} onInput={(event) => setTitle(event.currentTarget.value)} />
        </label>
        <fieldset>
          <legend>{`Hunts: ${chosen.length} of ${countWords(all.length, 'answer')}`}</legend>
          <Scrolling label="Hunts of the report" name="choices">
            {all.map((result) => (
              <label key={result.answer} class="check">
                <input
                  type="checkbox"
                  checked={!left.has(result.answer)}
                  onChange={() => {
                    const next = new Set(left);
                    if (!next.delete(result.answer)) next.add(result.answer);
                    setLeft(next);
                  }}
                />{' '}
                {nameOf(result)}{' '}
                <StateWord state={result.outcome} {...(result.outcome === 'hits' && { detail: result.rows })} />
              </label>
            ))}
          </Scrolling>
        </fieldset>
        <fieldset>
          <legend>Rows</legend>
          {rowChoices.map((choice) => (
            <label key={choice.rows} class="check">
              <input type="radio" name="rows" checked={rows === choice.rows} onChange={() => setRows(choice.rows)} />{' '}
              {choice.label}
            </label>
          ))}
        </fieldset>
        <fieldset>
          <legend>With</legend>
          <label class="check">
            <input type="checkbox" checked={notes} onChange={(event) => setNotes(event.currentTarget.checked)} /> notes,
            and the starred steps of the trail
          </label>
          <label class="check">
            <input type="checkbox" checked={evidence} onChange={(event) => setEvidence(event.currentTarget.checked)} />{' '}
            pictures and process trees of the hits, which take a while
          </label>
        </fieldset>
        <fieldset>
          <legend>Redact</legend>
          {telling.map((name) => (
            <label key={name} class="check">
              <input type="checkbox" checked={fields.includes(name)} onChange={() => toggle(name)} /> {name}
            </label>
          ))}
          <label>
            Fields to redact{' '}
            <input
              type="text"
              value={redact}
              spellcheck={false}
              placeholder="user.name, host.name"
              onInput={(event) => setRedact(event.currentTarget.value)}
            />
          </label>
          <p class="hint">
            Their values are shown as user-1, host-1 and so on, the same everywhere, also within command lines and
            paths.
          </p>
        </fieldset>
        <p class="buttons">
          <button type="submit" class="primary" disabled={chosen.length === 0 || running !== undefined}>
            Make the report <kbd>Enter</kbd>
          </button>
          {running && job !== null ? (
            <button type="button" onClick={() => void cancel(job).catch(sayError)}>
              Cancel the report
            </button>
          ) : null}
          <span role="status">
            {running
              ? `${running.state === 'queued' ? 'queued' : running.state === 'stopping' ? 'stopping' : 'running'} …`
              : ''}
            {made ? `${made.name}: ${Math.ceil(made.bytes / 1024).toLocaleString('en')} kB` : ''}
          </span>
          {made ? (
            <button type="button" class="primary" onClick={() => void saveFile(made.name, made.file).catch(sayError)}>
              Download
            </button>
          ) : null}
        </p>
      </form>
      {made ? (
        <iframe
          class="preview"
          title="Preview of the report"
          sandbox="allow-scripts"
          src={`/preview/${encodeURIComponent(made.file)}`}
        />
      ) : null}
    </>
  );
}

/** What an open hunt can be handed over as, beside a report. */
function Files(): JSX.Element | null {
  const { question } = place.value;
  if (!question) return null;
  const result = results.value.get(questionKey(question));
  const save = (format: ExportFormat): void =>
    void withAnswers([question], ([answer]) => call('export', { answer: answer!, format, hidden: false }))
      .then(({ name, file }) => saveFile(name, file))
      .catch(sayError);
  const command = opened.value?.command ?? null;
  return (
    <section aria-label="The open hunt as a file">
      <h3>The open hunt</h3>
      <p class="buttons">
        <button type="button" disabled={result?.handle == null} onClick={() => save('csv')}>
          Rows as CSV
        </button>
        <button type="button" disabled={result?.handle == null} onClick={() => save('ndjson')}>
          Rows as NDJSON
        </button>
        <button type="button" disabled={question.hunt === null || question.text !== null} onClick={() => save('toml')}>
          Hunt as TOML
        </button>
        <button
          type="button"
          disabled={command === null}
          onClick={() =>
            void navigator.clipboard.writeText(command ?? '').then(() => say('copied the command'), sayError)
          }
        >
          Copy as command
        </button>
      </p>
      {command !== null ? (
        <Scrolling label="Do it again">
          <pre>{command}</pre>
        </Scrolling>
      ) : null}
    </section>
  );
}
