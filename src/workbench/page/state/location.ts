import { signal } from '@preact/signals';
import type { Question } from '../../contract/question.ts';

export type View = 'hunts' | 'hunt' | 'attack' | 'runs' | 'compare' | 'trail';
export type Panel = 'events' | 'process' | 'note' | 'accept';

/** Where the page is. All of it stands in the fragment of the address, so that Back, links and undo are the same thing. */
export interface Place {
  readonly view: View;
  readonly question: Question | null;
  /** The place of a row in the answer, and the panel that shows it. */
  readonly row: number | null;
  readonly panel: Panel | null;
  /** What the list of hunts is narrowed to, and the other settings of a view. */
  readonly options: Readonly<Record<string, string>>;
}

export const noQuestion: Question = {
  ...{ hunt: null, query: 0, text: null, window: null, platform: null },
  ...{ set: [], only: [], exclude: [] },
};

const views: readonly View[] = ['hunts', 'hunt', 'attack', 'runs', 'compare', 'trail'];
const panels: readonly string[] = ['events', 'process', 'note', 'accept'];
/** Names in the address that belong to the question and the row; others are settings of the view. */
const own = new Set(['set', 'window', 'platform', 'only', 'exclude', 'q', 'query', 'row', 'panel']);

/** Reads a fragment: `#/hunt/41fd9994?set=bytes_sent:500MB&window=8h&row=2&panel=events`. */
export function readPlace(fragment: string): Place {
  const [path = '', search = ''] = fragment.replace(/^#\/?/, '').split(/\?(.*)/s);
  const [name, id] = path.split('/').map(decoded);
  const parameters = new URLSearchParams(search);
  const view = views.find((view) => view === name) ?? 'hunts';
  const panel = parameters.get('panel');
  const row = parameters.get('row');
  const options: [string, string][] = [...parameters].filter(([key]) => !own.has(key));
  return {
    view,
    question: view === 'hunt' ? readQuestion(id, parameters) : null,
    row: row === null || !/^\d+$/.test(row) ? null : Number(row),
    panel: panel !== null && panels.includes(panel) ? (panel as Panel) : null,
    options: Object.fromEntries(options),
  };
}

/** What a part of a path says; of a link that was cut within a character, the part as it stands. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function readQuestion(id: string | undefined, parameters: URLSearchParams): Question {
  return {
    hunt: id === undefined || id === '' ? null : id,
    query: Math.max(0, Number(parameters.get('query') ?? 1) - 1) || 0,
    text: parameters.get('q'),
    window: parameters.get('window'),
    platform: parameters.get('platform'),
    set: parameters.getAll('set').map((text) => {
      const at = text.lastIndexOf(':');
      return { name: text.slice(0, at), value: text.slice(at + 1) };
    }),
    only: parameters.getAll('only'),
    exclude: parameters.getAll('exclude'),
  };
}

/** The fragment of a place. */
export function placeLink({ view, question, row, panel, options }: Place): string {
  const parameters = new URLSearchParams();
  if (question) {
    if (question.query > 0) parameters.set('query', String(question.query + 1));
    for (const { name, value } of question.set) parameters.append('set', `${name}:${value}`);
    if (question.window !== null) parameters.set('window', question.window);
    if (question.platform !== null) parameters.set('platform', question.platform);
    for (const condition of question.only) parameters.append('only', condition);
    for (const condition of question.exclude) parameters.append('exclude', condition);
    if (question.text !== null) parameters.set('q', question.text);
  }
  if (row !== null) parameters.set('row', String(row));
  if (panel !== null) parameters.set('panel', panel);
  for (const [name, value] of Object.entries(options)) if (value !== '') parameters.set(name, value);
  const id = question?.hunt;
  const path = view === 'hunt' && id != null ? `hunt/${encodeURIComponent(id)}` : view === 'hunts' ? '' : view;
  const search = parameters.toString();
  return `#/${path}${search === '' ? '' : `?${search}`}`;
}

/** Where the page is now. */
export const place = signal<Place>(readPlace(location.hash));

addEventListener('hashchange', () => {
  place.value = readPlace(location.hash);
});

/** Goes somewhere. `replace`: without a step that Back returns to, for what changes as one types. */
export function go(change: Partial<Place>, { replace = false }: { readonly replace?: boolean } = {}): void {
  const next = { ...place.value, ...change };
  const link = placeLink(next);
  if (link === (location.hash || '#/')) return;
  if (replace) history.replaceState(null, '', link);
  else history.pushState(null, '', link);
  place.value = next;
}

/** Opens a hunt as its author wrote it, or with changes. */
export const openQuestion = (question: Question): void =>
  go({ view: 'hunt', question, row: null, panel: null, options: {} });

/** Changes the question that is open: a step that undo takes back. */
export function change(part: Partial<Question>): void {
  const { question } = place.value;
  if (question) go({ question: { ...question, ...part }, row: null, panel: null });
}

/** What the address of a question is: the same for the same question. */
export const questionKey = (question: Question): string =>
  placeLink({ view: 'hunt', question, row: null, panel: null, options: {} });
