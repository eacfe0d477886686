import type { Progress as Doing, Note, Observer } from '../app/observer.ts';
import { renderQueryError } from '../diagnostics/render.ts';
import type { LoadReport } from '../files/load-report.ts';
import { formatDate } from '../values/date.ts';
import { count } from '../values/quantities.ts';
import { visible, visibleLines } from '../values/visible.ts';
import { loadNotes } from './load-notes.ts';
import { usesColour } from './output.ts';
import { createProgress, createWaiting, type Progress, type Waiting } from './progress.ts';
import { watchNote } from './watch-notes.ts';

let lastLoad: LoadReport | null = null;

/** What the command read last, for its last line; null where it read no files. */
export const loadedLast = (): LoadReport | null => lastLoad;

/** Something else has said it. */
export const forgetLoad = (): void => {
  lastLoad = null;
};

/** Shows on standard error what a use case does, and what it has to say. */
export function terminalObserver(stream: NodeJS.WriteStream = process.stderr): Observer {
  let bar: Progress | null = null;
  let line: Waiting | null = null;
  const waitFor = (text: string): void => {
    line ??= createWaiting(stream);
    line.update(text);
  };
  const show = (doing: Doing): void => {
    switch (doing.kind) {
      case 'files':
        bar ??= createProgress(stream);
        bar.update(doing);
        return;
      case 'query':
        waitFor(doing.all === 1 ? 'the query is running' : `hunt ${doing.number} of ${doing.all}`);
        return;
      case 'process':
        waitFor('asking about the process');
        return;
      case 'idle':
        bar?.done();
        line?.done();
        bar = null;
        line = null;
    }
  };
  return {
    progress: show,
    note: (note) => {
      if (note.kind === 'loaded') lastLoad = note.report;
      stream.write(noteText(note, stream));
    },
  };
}

/** A note in words, as it stands on a stream. */
function noteText(note: Note, stream: NodeJS.WriteStream): string {
  switch (note.kind) {
    case 'loaded':
      return loadNotes(note.report, usesColour(stream));
    case 'fleet': {
      const { networkEvents, processEvents } = note.fleet;
      return `made ${networkEvents.toLocaleString('en')} network and ${processEvents.toLocaleString('en')} process events in ${visible(note.folder)}\n`;
    }
    case 'list':
      return listNote(note.list);
    case 'future': {
      const found = `${count(note.events, 'event')} from the future, up to ${formatDate(note.latest.getTime())}`;
      return `note: ${found}${note.passedOver ? ': --now latest ignores them' : ''}\n`;
    }
    case 'later': {
      const time = second(note.now);
      const remedy = note.canBound
        ? `add --to ${time} to leave them out`
        : `--now bounds no end: compare with a run that was saved with --now ${time} --to ${time}`;
      const verb = note.events === 1 ? 'is' : 'are';
      return `note: ${count(note.events, 'event')} ${verb} later than --now ${time}; ${remedy}\n`;
    }
    case 'late': {
      const [first, ...others] = note.before;
      const more = others.length > 0 ? ` (and ${count(others.length, 'other index', 'other indices')} before)` : '';
      const verb = note.queries === 1 ? 'looks' : 'look';
      return `${visible(`note: --now latest is ${second(note.now)}, the newest event of ${note.index}, and ${first!.name} ends ${second(first!.last)}${more}: ${count(note.queries, 'query', 'queries')} ${verb} at a window without events; hunt there with --now ${second(first!.last)}`)}\n`;
    }
    case 'engine':
      return `${stream.isTTY ? '\r\x1b[K' : ''}note: ${visible(note.text)}\n`;
    case 'refused':
      return refusalText(note.job.hunt?.name ?? note.job.name, note.reason);
    case 'wrong query': {
      const { name, lineOffset } = note.job;
      return `${renderQueryError(note.error, { name, lineOffset, colour: usesColour(stream), width: 120 })}\n`;
    }
    case 'watch':
      return watchNote(note.watch, note.event);
  }
}

function listNote({ name, file, rows, fields, malformed }: Extract<Note, { kind: 'list' }>['list']): string {
  const columns = fields.map((field) => field.name);
  const shown = `${columns.slice(0, 8).join(', ')}${columns.length > 8 ? ', …' : ''}`;
  const lines = [`note: list ${name}: ${count(rows, 'row')} of ${file}${shown === '' ? '' : `, with ${shown}`}`];
  if (malformed.count > 0) {
    const first = malformed.first.slice(0, 3).map(({ place, reason, preview }) => `${place}: ${reason}: ${preview}`);
    lines.push(`warning: list ${name}: ${count(malformed.count, 'row')} could not be read: ${first.join('; ')}`);
  }
  return lines.map((line) => `${visible(line)}\n`).join('');
}

/** A query that is passed over is named, where results have no place for its reason. */
export const refusalText = (name: string, refusal: string): string => `${visibleLines(`error: ${name}: ${refusal}`)}\n`;

/** The first whole second that is not before a time. */
const second = (time: Date): string =>
  new Date(Math.ceil(time.getTime() / 1000) * 1000).toISOString().replace('.000Z', 'Z');
