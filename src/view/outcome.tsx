import type { JSX } from 'preact';

/** The state of a question: what came of it, or how far it is. */
export type State =
  | 'hits'
  | 'none'
  | 'cannot tell'
  | 'failed'
  | 'interrupted'
  | 'queued'
  | 'running'
  | 'stopping'
  | 'stale'
  | 'partial'
  | 'ready'
  | 'blind'
  | 'not looked yet';

/** A shape for each state, so that colour never speaks alone. */
const signs: Readonly<Record<State, string>> = {
  hits: '■',
  none: '·',
  'cannot tell': '?',
  failed: '!',
  interrupted: '‖',
  queued: '…',
  running: '▸',
  stopping: '▪',
  stale: '↻',
  partial: '◐',
  ready: '●',
  blind: '○',
  'not looked yet': '◌',
};

/** A state in a word, with its sign and colour; `detail` is what the word is of: `3`, `2.1 s`. */
export function StateWord({
  state,
  detail,
  separator = ' ',
}: {
  readonly state: State;
  readonly detail?: string | number;
  readonly separator?: ' ' | ': ';
}): JSX.Element {
  return (
    <span class={`state state-${state.replaceAll(' ', '-')}`}>
      <span class="sign" aria-hidden="true">
        {signs[state]}
      </span>{' '}
      <span class="word">
        {state}
        {detail === undefined ? '' : `${separator}${detail}`}
      </span>
    </span>
  );
}
