import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { HuntHeading } from '../../../view/hunt-heading.tsx';
import { Past } from '../compare/past.tsx';
import { keep, written } from '../editor/draft.ts';
import { Editor } from '../editor/editor.tsx';
import { useActions } from '../state/keys.ts';
import { place } from '../state/location.ts';
import { coverage, huntsById, run, sayError } from '../state/session.ts';
import { Result } from '../table/result.tsx';
import { Chips } from './chips.tsx';
import { FieldsPanel } from './fields-panel.tsx';
import { HistogramPanel } from './histogram-panel.tsx';
import { refreshOpened } from './opened.ts';
import { Thresholds } from './thresholds/thresholds.tsx';
import { WriteHunt } from './write-hunt.tsx';

/** An open hunt: what it asks, how it is changed, and what came of it. */
export function Hunt(): JSX.Element | null {
  const { question } = place.value;
  useEffect(() => {
    if (question) refreshOpened(question);
  }, [question && JSON.stringify(question)]);
  useActions(() => [
    {
      id: 'run',
      label: 'Run',
      keys: 'Ctrl+Enter',
      where: 'everywhere',
      isOff: () => place.value.question === null,
      run: runOpen,
    },
    { id: 'run-hunt-open', label: 'Run', keys: 'r', where: 'hunt', run: runOpen },
  ]);
  if (!question) return null;
  const hunt = question.hunt === null ? null : (huntsById.value.get(question.hunt) ?? null);
  const covered = hunt && coverage.value.get(hunt.id);
  return (
    <article class={`hunt ${place.value.options.fields === 'on' ? 'with-fields' : ''}`} aria-labelledby="hunt-name">
      <header>
        <HuntHeading
          level="h1"
          id="hunt-name"
          name={hunt?.name ?? (question.hunt === null ? 'Query' : 'No such hunt')}
          states={covered ? [{ state: covered.verdict }] : []}
        />
        {hunt?.techniques.map(({ id, name }) => (
          <abbr key={id} title={name ?? id}>
            {id}
          </abbr>
        ))}
        <button type="button" class="primary" onClick={runOpen}>
          Run <kbd>Ctrl+Enter</kbd>
        </button>
      </header>
      <Chips question={question} />
      <Editor question={question} onRun={runOpen} />
      <FieldsPanel question={question} />
      <div class="over-events">
        <HistogramPanel question={question} />
        <Thresholds />
      </div>
      <Past question={question} />
      <Result question={written.value ?? question} />
      <WriteHunt />
    </article>
  );
}

/** Runs what is open. */
export function runOpen(): void {
  const question = written.value;
  keep();
  if (question) void run([question]).catch(sayError);
}
