import type { JSX } from 'preact';
import { type State, StateWord } from './outcome.tsx';

/** A state of a hunt in its heading, and what it is of. */
export interface ShownState {
  readonly state: State;
  readonly detail?: string;
  readonly separator?: ' ' | ': ';
}

/** The heading of a hunt: its name and what is known of it. */
export function HuntHeading({
  level: Level,
  name,
  id,
  states,
}: {
  readonly level: 'h1' | 'h2' | 'h3';
  readonly name: string;
  /** For what the heading is the name of. */
  readonly id?: string;
  readonly states: readonly ShownState[];
}): JSX.Element {
  return (
    <>
      <Level {...(id !== undefined && { id })}>{name}</Level>{' '}
      {states.map((shown) => (
        <StateWord key={shown.state} {...shown} />
      ))}
    </>
  );
}
