import uFuzzy from '@leeoniya/ufuzzy';
import { computed, signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { type State, StateWord } from '../../../view/outcome.tsx';
import { Sparkline } from '../../../view/sparkline.tsx';
import type { HuntCard } from '../../contract/calls.ts';
import type { Question } from '../../contract/question.ts';
import type { ResultInfo } from '../../contract/states.ts';
import { useActions } from '../state/keys.ts';
import { go, noQuestion, openQuestion, place, questionKey } from '../state/location.ts';
import {
  cancel,
  cover,
  coverage,
  data,
  hello,
  hunts,
  jobs,
  results,
  run,
  sayError,
  waiting,
} from '../state/session.ts';
import { countWords } from '../words.ts';
import { byUrgency, byVerdict, urgencyOf } from './urgency.ts';

/** What the list is narrowed to; the text stands in the address. */
const onlyBlind = signal(false);
const platform = signal<string | null>(null);
const selected = signal<string | null>(null);

const fuzzy = new uFuzzy({ intraMode: 1 });

const searchText = computed(() => place.value.options.find ?? '');

/** The hunts that the list shows, the most urgent first once they have run. */
export const listed = computed<readonly HuntCard[]>(() => {
  const wanted = searchText.value.trim();
  const found = wanted === '' ? hunts.value : matching(hunts.value, wanted);
  const shown = found
    .filter(({ platforms }) => platform.value === null || platforms.includes(platform.value))
    .filter(({ id }) => !onlyBlind.value || coverage.value.get(id)?.verdict === 'blind');
  // While verdicts come in, nothing moves under the hand.
  const isLooked = wanted === '' && hunts.value.every(({ id }) => coverage.value.has(id));
  const ordered = isLooked ? byVerdict(shown, ({ id }) => coverage.value.get(id)?.verdict) : shown;
  return results.value.size === 0 ? ordered : byUrgency(ordered, (hunt) => answersTo(hunt));
});

const answersTo = (hunt: HuntCard): ResultInfo[] =>
  questionsOf(hunt).flatMap((question) => results.value.get(questionKey(question)) ?? []);

function matching(all: readonly HuntCard[], wanted: string): HuntCard[] {
  const texts = all.map(({ name, techniques, platforms, id, description }) =>
    [name, ...techniques.flatMap((one) => [one.id, one.name ?? '']), ...platforms, id, description ?? ''].join(' '),
  );
  const [places, info, order] = fuzzy.search(texts, wanted, 1, 2000);
  if (!places) return [];
  return (info && order ? order.map((at) => info.idx[at]!) : [...places]).map((at) => all[at]!);
}

/** The questions that a hunt asks as its author wrote it. */
export const questionsOf = ({ id, queries }: HuntCard): Question[] =>
  queries.map((_, query) => ({ ...noQuestion, hunt: id, query }));

/** What came of the queries of a hunt: the most urgent of them. */
export function stateOf(hunt: HuntCard): {
  readonly state: State;
  readonly detail?: string;
  readonly result?: ResultInfo;
} {
  const keys = questionsOf(hunt).map(questionKey);
  const answers = answersTo(hunt);
  const waits = keys.flatMap((key) => waiting.value.get(key) ?? []);
  if (waits.length > 0) {
    const [{ job, place: at }] = waits as [(typeof waits)[number]];
    const info = jobs.value.get(job);
    const isNow = info?.state === 'running' && info.done >= at;
    return { state: info?.state === 'stopping' ? 'stopping' : isNow ? 'running' : 'queued' };
  }
  const [urgent] = [...answers].sort((a, b) => urgencyOf(a) - urgencyOf(b));
  if (!urgent) return { state: 'not looked yet' };
  if (urgent.outcome !== 'hits') return { state: urgent.outcome, result: urgent };
  const rows = answers.reduce((sum, { rows }) => sum + rows, 0);
  return { state: 'hits', detail: String(rows), result: urgent };
}

/** Runs what is listed, blind hunts too: they end as "cannot tell". */
const runListed = (): void => void run(listed.value.flatMap(questionsOf)).catch(sayError);

/** The library: narrow beside an open hunt, wide as the place to begin. */
export function HuntList({ isWide }: { readonly isWide: boolean }): JSX.Element {
  const list = useRef<HTMLUListElement>(null);
  const shown = listed.value;
  // What is selected stays selected where answers put the hunts in another order.
  const openId = place.value.question?.hunt ?? null;
  const at = Math.max(
    0,
    shown.findIndex(({ id }) => id === (selected.value ?? openId)),
  );
  const move = (to: number): void => {
    const next = Math.max(0, Math.min(shown.length - 1, to));
    selected.value = shown[next]?.id ?? null;
    const item = list.current?.children[next];
    item?.querySelector<HTMLElement>('a')?.focus();
    item?.scrollIntoView({ block: 'nearest' });
  };
  const current = (): HuntCard | undefined => shown[at];
  // The hunt that is open is seen in the list.
  useEffect(() => {
    if (openId !== null) list.current?.querySelector('a[aria-current]')?.scrollIntoView({ block: 'nearest' });
  }, [openId]);
  useActions(
    () => [
      {
        id: 'next-hunt',
        label: 'Next hunt',
        keys: 'j',
        where: 'hunts',
        run: () => move(isFocused(list.current) ? at + 1 : at),
      },
      { id: 'last-hunt', label: 'Hunt before', keys: 'k', where: 'hunts', run: () => move(at - 1) },
      {
        id: 'run-hunt',
        label: 'Run the selected hunt',
        keys: 'r',
        where: 'hunts',
        run: () => void run(current() ? questionsOf(current()!) : []).catch(sayError),
      },
      { id: 'run-listed', label: 'Run the listed hunts', keys: 'Shift+R', where: 'hunts', run: runListed },
      {
        id: 'cancel-hunt',
        label: 'Cancel the selected hunt',
        keys: 'x',
        where: 'hunts',
        run: () => void cancelHunt(current()).catch(sayError),
      },
      {
        id: 'cancel-all',
        label: 'Cancel everything',
        keys: 'Shift+X',
        where: 'hunts',
        run: () => void cancel().catch(sayError),
      },
      {
        id: 'only-blind',
        label: 'Only blind hunts',
        keys: 'f b',
        where: 'hunts',
        run: () => (onlyBlind.value = !onlyBlind.value),
      },
    ],
    [shown, at],
  );
  // Verdicts fill in from the top, for what is seen first.
  const ids = shown.map(({ id }) => id).join('\n');
  const canCover = hello.value !== null && hello.value.can.coverage === null;
  useEffect(() => {
    if (isWide && canCover && ids !== '') void cover(ids.split('\n')).catch(sayError);
  }, [isWide, canCover, ids]);
  useEffect(() => {
    selected.value = openId ?? selected.value;
    list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
  }, [openId]);
  return (
    <nav class={`hunt-list ${isWide ? 'wide' : ''}`} aria-label="Hunts">
      <Narrowing />
      {hunts.value.length === 0 && hello.value ? <NoHunts /> : null}
      <Tally shown={shown} />
      <ul ref={list}>
        {shown.map((hunt, i) => (
          <HuntItem
            key={hunt.id}
            hunt={hunt}
            isSelected={i === at}
            isWide={isWide}
            onFocus={() => (selected.value = hunt.id)}
          />
        ))}
      </ul>
      {shown.length === 0 && hunts.value.length > 0 ? (
        <p class="nothing">
          No hunt of {hunts.value.length} is like this.{' '}
          <button type="button" onClick={clear}>
            Show all hunts
          </button>
        </p>
      ) : null}
    </nav>
  );
}

const isFocused = (list: HTMLElement | null): boolean => list?.contains(document.activeElement) ?? false;

function clear(): void {
  platform.value = null;
  onlyBlind.value = false;
  find('');
}

const find = (text: string): void => go({ options: { ...place.value.options, find: text } }, { replace: true });

async function cancelHunt(hunt: HuntCard | undefined): Promise<void> {
  const jobs = hunt ? questionsOf(hunt).flatMap((question) => waiting.value.get(questionKey(question))?.job ?? []) : [];
  for (const job of new Set(jobs)) await cancel(job);
}

function Narrowing(): JSX.Element {
  const platforms = [...new Set(hunts.value.flatMap((hunt) => hunt.platforms))].sort();
  return (
    <div class="narrowing">
      <label class="search">
        <span class="visually-hidden">Search hunts</span>
        <input
          id="search"
          type="search"
          placeholder="Search hunts  /"
          value={searchText.value}
          onInput={(event) => {
            selected.value = null;
            find(event.currentTarget.value);
          }}
          onKeyDown={(event) => {
            if ((event.key !== 'Enter' && event.key !== 'ArrowDown') || event.ctrlKey || event.metaKey) return;
            event.preventDefault();
            if (event.key === 'Enter' && listed.value[0]) {
              openQuestion(questionsOf(listed.value[0])[0]!);
              event.currentTarget.blur();
            } else document.querySelector<HTMLElement>('.hunt-list li a')?.focus();
          }}
        />
      </label>
      <label>
        <span class="visually-hidden">Platform</span>
        <select value={platform.value ?? ''} onChange={(event) => (platform.value = event.currentTarget.value || null)}>
          <option value="">All platforms</option>
          {platforms.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={onlyBlind.value}
          onChange={(event) => (onlyBlind.value = event.currentTarget.checked)}
        />{' '}
        only blind
      </label>
      <button type="button" onClick={runListed}>
        Run listed <kbd>Shift+R</kbd>
      </button>
    </div>
  );
}

/** How many hunts are ready, partial and blind, of how many. */
function Tally({ shown }: { readonly shown: readonly HuntCard[] }): JSX.Element {
  const verdicts = shown.map(({ id }) => coverage.value.get(id)?.verdict);
  const of = (verdict: string): number => verdicts.filter((one) => one === verdict).length;
  const known = verdicts.filter((one) => one !== undefined).length;
  const soFar = data.value?.reading ? ', so far' : '';
  return (
    <p class="tally" role="status">
      {countWords(shown.length, 'hunt')}
      {known > 0 ? `: ready ${of('ready')} · partial ${of('partial')} · blind ${of('blind')}` : ''}
      {known > 0 && known < shown.length ? ` · not looked yet ${shown.length - known}` : ''}
      {soFar}
    </p>
  );
}

function NoHunts(): JSX.Element {
  return (
    <p class="nothing">
      There are no hunts. Name a folder of them with <code>harrier ui --library FOLDER</code>, or in harrier.toml:{' '}
      <code>libraries = ["FOLDER"]</code>.
    </p>
  );
}

function HuntItem({
  hunt,
  isSelected,
  isWide,
  onFocus,
}: {
  readonly hunt: HuntCard;
  readonly isSelected: boolean;
  readonly isWide: boolean;
  readonly onFocus: () => void;
}): JSX.Element {
  const { question } = place.value;
  const covered = coverage.value.get(hunt.id);
  const { state, detail, result } = stateOf(hunt);
  const isOpen = question?.hunt === hunt.id;
  const reason = covered?.reasons[0] ?? covered?.notes[0];
  return (
    <li class={isSelected ? 'selected' : ''}>
      <a
        href={questionKey(questionsOf(hunt)[0]!)}
        aria-current={isOpen ? 'page' : undefined}
        tabIndex={isSelected ? 0 : -1}
        onFocus={onFocus}
      >
        {state !== 'not looked yet' ? <StateWord state={state} {...(detail !== undefined && { detail })} /> : null}
        <StateWord state={covered?.verdict ?? 'not looked yet'} {...(covered?.soFar && { detail: 'so far' })} />
        <span class="name">{hunt.name}</span>
        {isWide ? (
          <span class="techniques">
            {hunt.techniques.map(({ id, name }) => (
              <abbr key={id} title={name ?? id}>
                {id}
              </abbr>
            ))}
          </span>
        ) : null}
        <span class="last">{lastRun(hunt, result, isWide)}</span>
        {isWide ? <span class="history">{historyOf(hunt, result)}</span> : null}
      </a>
      {isWide && reason && covered?.verdict !== 'ready' ? (
        <p class="reason">
          {reason.message}
          {reason.remedy !== null ? <span class="remedy">{` → ${reason.remedy}`}</span> : null}
        </p>
      ) : null}
      {isWide && state === 'none' && result && result.looked !== null ? (
        <p class="reason">{`of ${countWords(result.looked, 'event')} it is about`}</p>
      ) : null}
    </li>
  );
}

/** Rows of the newest saved runs and of this one, as bars. */
function historyOf({ history }: HuntCard, result: ResultInfo | undefined): JSX.Element | null {
  const rows = [
    ...history.map((one) => (one.outcome === 'hits' ? one.rows : one.outcome === 'none' ? 0 : null)),
    ...(result ? [result.outcome === 'hits' ? result.rows : result.outcome === 'none' ? 0 : null] : []),
  ];
  if (history.length === 0) return null;
  const text = rows.map((one) => (one === null ? 'no answer' : one.toLocaleString('en'))).join(', ');
  return <Sparkline values={rows} label={`hits of the last ${countWords(rows.length, 'run')}: ${text}`} />;
}

/** What the newest saved run found, or what is new since. */
function lastRun({ history }: HuntCard, result: ResultInfo | undefined, isWide: boolean): string {
  if (result?.fresh) return `${result.fresh.rows.toLocaleString('en')} new since ${result.fresh.since}`;
  const last = history.at(-1);
  if (!isWide) return '';
  if (!last) return '';
  return `last run: ${last.outcome === 'hits' ? countWords(last.rows, 'hit') : last.outcome}`;
}
