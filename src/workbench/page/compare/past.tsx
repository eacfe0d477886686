import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { Strip, windowState } from '../../../view/strip.tsx';
import type { BackfillItem } from '../../contract/calls.ts';
import type { Question } from '../../contract/question.ts';
import { openSheet } from '../palette/sheet.ts';
import { Scrolling } from '../scrolling.tsx';
import { ShownValue } from '../shown-value.tsx';
import { useActions } from '../state/keys.ts';
import { go, place, questionKey } from '../state/location.ts';
import { cancel, hello, jobs, judged, say, sayError } from '../state/session.ts';
import { countWords, durationWords, timeWords } from '../words.ts';
import { DiffCounts, DiffRows } from './diff-part.tsx';
import { compare, diffing } from './diffing.ts';
import { lookBack, past } from './looking-back.ts';
import { loadSavedRuns, savedRuns } from './saved-runs.ts';

/** Windows of one look back. */
const usualWindows = 21;
/** Rows whose first time is listed. */
const mostRows = 50;

const option = (change: Readonly<Record<string, string>>): void =>
  go({ options: { ...place.value.options, ...change } });

/** How an open hunt is seen over time: when it began, and what is new since a saved run. */
export function Past({ question }: { readonly question: Question }): JSX.Element {
  const { back = '', since = '' } = place.value.options;
  const why = hello.value?.can.backfill ?? null;
  useActions(
    () => [
      {
        id: 'look-back',
        label: 'Look back',
        keys: 'b',
        where: 'hunt',
        run: () => (why === null ? option({ back: back === '' ? String(usualWindows) : '' }) : say(why, true)),
      },
      {
        id: 'compare-saved',
        label: 'Compare with a saved run',
        keys: 'c',
        where: 'hunt',
        run: () => void compareSaved(),
      },
      { id: 'save-run', label: 'Save this run', keys: 'Shift+S', where: 'hunt', run: () => openSheet('save') },
    ],
    [back, since, why],
  );
  const compareSaved = async (): Promise<void> => {
    if (since !== '') return option({ since: '' });
    try {
      const all = await loadSavedRuns();
      const fit = all.find(({ hunts }) => question.hunt !== null && hunts.includes(question.hunt));
      if (fit) option({ since: fit.name });
      else say('no saved run has this hunt: Shift+S saves one', true);
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <>
      {back !== '' ? <LookBack question={question} most={Number(back) || usualWindows} /> : null}
      {since !== '' ? <Since question={question} since={since} /> : null}
    </>
  );
}

function LookBack({ question, most }: { readonly question: Question; readonly most: number }): JSX.Element {
  const key = questionKey(question);
  useEffect(() => {
    lookBack(question, most);
  }, [key, most]);
  const now = past.value;
  const job = now?.job == null ? undefined : jobs.value.get(now.job);
  const isRunning = now?.state === 'running';
  return (
    <section class="look-back" aria-label="Look back">
      <header>
        <h2>Look back</h2>
        <p role="status">
          {now?.item ? summary(now.item) : ''}
          {isRunning
            ? ` ${job?.state === 'stopping' ? 'stopping' : job?.state === 'queued' ? 'queued' : 'running'}${job ? ` ${job.done} of ${job.of}` : ''}`
            : ''}
          {now?.state === 'interrupted' ? ' · interrupted: windows that were asked stay' : ''}
          {now?.state === 'failed' ? `failed: ${now.error ?? 'see below'}` : ''}
        </p>
        <label>
          Windows{' '}
          <select value={String(most)} onChange={(event) => option({ back: event.currentTarget.value })}>
            {[7, 21, 60, 180].map((n) => (
              <option key={n} value={String(n)}>
                {n}
              </option>
            ))}
          </select>
        </label>
        {isRunning && now.job !== null ? (
          <button type="button" onClick={() => void cancel(now.job!).catch(sayError)}>
            Cancel <kbd>Esc</kbd>
          </button>
        ) : null}
        <button type="button" class="quiet" onClick={() => option({ back: '' })}>
          Close look back <kbd>b</kbd>
        </button>
      </header>
      {now?.item ? <Windows item={now.item} /> : null}
    </section>
  );
}

/** `first 7 Mar 20:00 · 4 of 21 windows · one pass`. */
function summary({ windows, step, length, passes }: BackfillItem): string {
  const asked = windows.filter(({ rows }) => rows !== null);
  const hits = asked.filter(({ rows }) => rows! > 0);
  const bare = asked.filter(({ rows, events }) => rows === 0 && events === 0).length;
  return [
    hits[0] ? `first ${timeWords(hits[0].now - step)} to ${timeWords(hits[0].now)}` : 'no hits',
    `${hits.length} of ${countWords(windows.length, 'window')}`,
    ...(asked.length < windows.length ? [`${windows.length - asked.length} not asked`] : []),
    ...(bare > 0 ? [`${bare} without data`] : []),
    length === null ? `every ${durationWords(step)}, all events up to then` : `of ${durationWords(length)}`,
    passes === 'one' ? 'one pass' : 'a pass for each window',
  ].join(' · ');
}

function Windows({ item }: { readonly item: BackfillItem }): JSX.Element {
  const { windows, firstSeen, keys } = item;
  const [from, to] = [windows[0]!.now - item.step, windows.at(-1)!.now];
  return (
    <>
      <figure>
        <Scrolling label="Windows">
          <Strip windows={windows} label={`Hits in each window: ${summary(item)}`} timeText={timeWords} />
        </Scrolling>
        <figcaption>{`${timeWords(from)} to ${timeWords(to)} UTC · ■ hits · none ▨ no data ▢ not asked`}</figcaption>
      </figure>
      <details>
        <summary>Windows as a table</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">From</th>
              <th scope="col">To</th>
              <th scope="col">Hits</th>
              <th scope="col" class="number">
                Events
              </th>
            </tr>
          </thead>
          <tbody>
            {windows.map((window) => (
              <tr key={window.now}>
                <td>{timeWords(window.now - (item.length ?? item.step))}</td>
                <th scope="row">{timeWords(window.now)}</th>
                <td>{windowState(window)}</td>
                <td class="number">{window.events.toLocaleString('en')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
      {firstSeen.length > 0 ? (
        <Scrolling label="When each row was seen first">
          <table>
            <caption>
              {`When each row of the last window was seen first${firstSeen.length > mostRows ? `: ${mostRows} of ${countWords(firstSeen.length, 'row')}` : ''}`}
            </caption>
            <thead>
              <tr>
                <th scope="col">First window to</th>
                <th scope="col" class="number">
                  Windows
                </th>
                {keys.map(({ name }) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {firstSeen.slice(0, mostRows).map(({ key, now, windows: n }, i) => (
                <tr key={i}>
                  <td>{timeWords(now)}</td>
                  <td class="number">{`${n} of ${windows.filter(({ rows }) => rows !== null).length}`}</td>
                  {keys.map(({ name, type }, at) => (
                    <td key={name}>
                      <ShownValue value={key[at]!} type={type} name={name} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Scrolling>
      ) : null}
    </>
  );
}

function Since({ question, since }: { readonly question: Question; readonly since: string }): JSX.Element {
  const key = questionKey(question);
  useEffect(() => {
    if (savedRuns.value === null) void loadSavedRuns().catch(sayError);
    void compare({ before: since, after: null, hunt: question.hunt }, [question]);
  }, [key, since, judged.value]);
  const now = diffing.value;
  const item = now?.items.find(({ hunt, query }) => hunt === question.hunt && query === question.query);
  const fit = (savedRuns.value ?? []).filter(
    ({ hunts, name }) => name === since || (question.hunt !== null && hunts.includes(question.hunt)),
  );
  return (
    <section class="since" aria-label="Compared with a saved run">
      <header>
        <h2>{`Since ${since}`}</h2>
        <p role="status">
          {item ? <DiffCounts item={item} /> : null}
          {now?.state === 'running' && !item ? 'comparing' : ''}
          {now?.state === 'failed' ? `failed: ${now.error ?? 'the comparison failed'}` : ''}
          {now?.state === 'done' && !item ? '? not compared: neither run asked this query' : ''}
        </p>
        <label>
          Compare with{' '}
          <select value={since} onChange={(event) => option({ since: event.currentTarget.value })}>
            {fit.map(({ name, saved }) => (
              <option key={name} value={name}>{`${name} (${timeWords(saved)})`}</option>
            ))}
          </select>
        </label>
        <button type="button" class="quiet" onClick={() => option({ since: '' })}>
          Close comparison <kbd>c</kbd>
        </button>
      </header>
      {item ? <DiffRows item={item} /> : null}
    </section>
  );
}
