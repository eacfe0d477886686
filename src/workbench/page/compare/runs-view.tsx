import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { StateWord } from '../../../view/outcome.tsx';
import type { SavedRunInfo } from '../../contract/calls.ts';
import { openSheet } from '../palette/sheet.ts';
import { Scrolling } from '../scrolling.tsx';
import { go, place, placeLink } from '../state/location.ts';
import { countWords, timeWords } from '../words.ts';
import { refreshSavedRuns, savedRuns } from './saved-runs.ts';

const compareLink = (before: string, after: string): string =>
  placeLink({ view: 'compare', question: null, row: null, panel: null, options: { before, after } });

/** The runs that were saved, with what came of their queries; two of them are chosen to be compared. */
export function RunsView(): JSX.Element {
  useEffect(refreshSavedRuns, []);
  const all = savedRuns.value;
  const chosen = (place.value.options.chosen ?? '').split(',').filter((name) => name !== '');
  const choose = (name: string): void => {
    const next = chosen.includes(name) ? chosen.filter((one) => one !== name) : [...chosen, name].slice(-2);
    go({ options: { ...place.value.options, chosen: next.join(',') } }, { replace: true });
  };
  const pair = (all ?? []).filter(({ name }) => chosen.includes(name));
  return (
    <article class="runs" aria-labelledby="runs-name">
      <header>
        <h1 id="runs-name">Saved runs</h1>
        <button type="button" onClick={() => openSheet('save')}>
          Save this run <kbd>Shift+S</kbd>
        </button>
        {pair.length === 2 ? (
          <a class="button" href={compareLink(pair[1]!.name, pair[0]!.name)}>
            {`Compare ${pair[1]!.name} with ${pair[0]!.name}`}
          </a>
        ) : null}
      </header>
      {all === null ? <p role="status">Reading the saved runs …</p> : null}
      {all?.length === 0 ? (
        <p class="nothing">
          No run is saved yet. Open a hunt, run it with Ctrl+Enter and save it with Shift+S; harrier run --save NAME
          does the same.
        </p>
      ) : null}
      {all && all.length > 0 ? (
        <Scrolling label="Saved runs">
          <table>
            <caption>{`${countWords(all.length, 'saved run')}, the newest first. Choose two to compare them.`}</caption>
            <thead>
              <tr>
                <th scope="col">Choose</th>
                <th scope="col">Name</th>
                <th scope="col">Saved</th>
                <th scope="col">As of</th>
                <th scope="col">Outcomes</th>
                <th scope="col" class="number">
                  Rows
                </th>
                <th scope="col">Compare</th>
              </tr>
            </thead>
            <tbody>
              {all.map((run) => (
                <SavedRun
                  key={run.name}
                  run={run}
                  isChosen={chosen.includes(run.name)}
                  choose={() => choose(run.name)}
                />
              ))}
            </tbody>
          </table>
        </Scrolling>
      ) : null}
    </article>
  );
}

function SavedRun({
  run: { name, saved, now, outcomes, queries, hits, unread, problem },
  isChosen,
  choose,
}: {
  readonly run: SavedRunInfo;
  readonly isChosen: boolean;
  readonly choose: () => void;
}): JSX.Element {
  if (problem !== null)
    return (
      <tr>
        <td />
        <th scope="row">{name}</th>
        <td colSpan={5}>
          <StateWord state="failed" /> {problem}
        </td>
      </tr>
    );
  return (
    <tr>
      <td>
        <input type="checkbox" aria-label={`choose ${name}`} checked={isChosen} onChange={choose} />
      </td>
      <th scope="row">{name}</th>
      <td title={new Date(saved).toISOString()}>{timeWords(saved)}</td>
      <td title={new Date(now).toISOString()}>{timeWords(now)}</td>
      <td>
        {outcomes.map(({ outcome, queries: n }) => (
          <span key={outcome} class="outcome">
            <StateWord state={outcome} detail={`in ${n}`} />
          </span>
        ))}
        {` of ${countWords(queries, 'query', 'queries')}`}
        {unread !== null ? <span class="reason">{` · partial: ${unread}`}</span> : null}
      </td>
      <td class="number">{hits.toLocaleString('en')}</td>
      <td>
        <a href={compareLink(name, '')}>with what ran here</a>
      </td>
    </tr>
  );
}
