import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { call } from './api/client.ts';
import { openSheet } from './palette/sheet.ts';
import { cancel, data, hello, isOver, jobs, sayError } from './state/session.ts';
import { isLocalTime, offsetWords, setLocalTime } from './state/times.ts';
import { durationWords, timeWords } from './words.ts';

/** What is opened: how many events, of when, and what is wrong with them. */
export function Head(): JSX.Element {
  const info = data.value;
  return (
    <header class="head">
      <a class="brand" href="#/">
        Harrier
      </a>
      <span class="source" title="where the events are">
        {hello.value?.source ?? ''}
      </span>
      {info && info.events !== null ? <span class="events">{`${info.events.toLocaleString('en')} events`}</span> : null}
      {info && info.first !== null && info.last !== null ? (
        <span class="span" title={`${new Date(info.first).toISOString()} to ${new Date(info.last).toISOString()}`}>
          {`${timeWords(info.first)} to ${timeWords(info.last)}`}
        </span>
      ) : null}
      <Reading />
      <Faults />
      <span class="gap" />
      <Now />
      <Running />
      <Times />
      <button type="button" class="quiet" onClick={() => openSheet('palette')}>
        Commands <kbd>Ctrl+K</kbd>
      </button>
    </header>
  );
}

/** How far files are read; queries see what is read. */
function Reading(): JSX.Element | null {
  const reading = data.value?.reading;
  if (!reading) return null;
  const left = reading.left === null ? '' : `, ${durationWords(reading.left)} left`;
  return (
    <span class="reading" role="status">
      <progress max={1} value={reading.fraction} aria-label="files read" />
      {` partial: ${reading.files} of ${reading.of} files read${left}`}
    </span>
  );
}

/** What is wrong with the data: clocks, files and lines that were not read. */
function Faults(): JSX.Element | null {
  const faults = [...(data.value?.faults ?? []), ...(hello.value?.problems ?? [])];
  if (faults.length === 0) return null;
  return (
    <details class="faults">
      <summary>{`${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}`}</summary>
      <ul>
        {faults.map((fault) => (
          <li key={fault}>{fault}</li>
        ))}
      </ul>
    </details>
  );
}

/** The time that queries take for now. */
function Now(): JSX.Element | null {
  const info = data.value;
  const [isOpen, setOpen] = useState(false);
  if (!info) return null;
  const choose = (now: 'newest event' | 'clock'): void => {
    setOpen(false);
    call('now', { now }).then((next) => {
      data.value = next;
    }, sayError);
  };
  return (
    <details class="now" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary
        title={new Date(info.now).toISOString()}
      >{`now: ${info.nowIs === 'clock' ? 'the clock' : info.nowIs === 'given' ? timeWords(info.now) : 'newest event'}`}</summary>
      <div class="menu">
        <p>{`NOW() is ${new Date(info.now).toISOString()}.`}</p>
        <button type="button" onClick={() => choose('newest event')}>
          Newest event
        </button>
        <button type="button" onClick={() => choose('clock')}>
          The clock
        </button>
      </div>
    </details>
  );
}

/** The zone in which times are shown, which is changed here. */
function Times(): JSX.Element {
  const isLocal = isLocalTime.value;
  return (
    <button
      type="button"
      class="quiet times"
      title={isLocal ? 'Show times in UTC' : 'Show times of this machine'}
      onClick={() => setLocalTime(!isLocal)}
    >
      {`times: ${isLocal ? offsetWords(new Date()) : 'UTC'}`}
    </button>
  );
}

/** Work that is under way, and the button that ends it. */
function Running(): JSX.Element | null {
  const open = [...jobs.value.values()].filter((job) => !isOver(job));
  if (open.length === 0) return null;
  const done = open.reduce((sum, job) => sum + job.done, 0);
  const all = open.reduce((sum, job) => sum + job.of, 0);
  const isStopping = open.every(({ state }) => state === 'stopping');
  return (
    <span class="running" role="status">
      <progress max={all} value={done} aria-label="work done" />
      {` ${isStopping ? 'stopping' : open.map(({ kind }) => kind).join(', ')} ${done} of ${all} `}
      <button type="button" disabled={isStopping} onClick={() => void cancel().catch(sayError)}>
        Cancel <kbd>Esc</kbd>
      </button>
    </span>
  );
}
