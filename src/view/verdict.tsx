import type { JSX } from 'preact';
import type { WireCell as Cell } from '../values/wire-cell.ts';
import { Value } from './value.tsx';

/** What was decided about a group, as pages show it. */
export interface ShownJudgement {
  readonly verdict: string | null;
  readonly note: string | null;
  readonly by: string;
  readonly at: number;
  /** What its row was then, where it has changed since. */
  readonly givenFor: readonly {
    readonly column: { readonly name: string; readonly type: string };
    readonly value: Cell;
  }[];
}

/** A sign for each verdict, beside its word. */
const signs: ReadonlyMap<string, string> = new Map([
  ['benign', '✓'],
  ['suspicious', '!'],
  ['malicious', '✕'],
  ['cannot tell', '?'],
]);

/** A verdict in a word with its sign; a note alone is a note. */
export function VerdictWord({
  judgement,
}: {
  readonly judgement: Pick<ShownJudgement, 'verdict' | 'note'>;
}): JSX.Element {
  const { verdict, note } = judgement;
  const word = verdict ?? 'note';
  return (
    <span class={`judged judged-${word.replace(' ', '-')}`} {...(note !== null && { title: note })}>
      <span class="sign" aria-hidden="true">
        {signs.get(word) ?? '✎'}
      </span>{' '}
      {word}
      {verdict !== null && note !== null ? (
        <span title={note}>
          {' '}
          <span aria-hidden="true">✎</span>
          <span class="visually-hidden">with a note</span>
        </span>
      ) : null}
    </span>
  );
}

/** `given for 1.2 GiB`: what the first of the changed cells was. */
export function GivenFor({ judgement: { givenFor } }: { readonly judgement: ShownJudgement }): JSX.Element | null {
  const [first, ...more] = givenFor;
  if (!first) return null;
  return (
    <span class="given-for" title={givenFor.map(({ column }) => column.name).join(', ')}>
      given for <Value value={first.value} type={first.column.type} name={first.column.name} />
      {more.length > 0 ? ` +${more.length}` : ''}
    </span>
  );
}

/** All of a judgement: the verdict, who gave it and when, and every cell that has changed since. */
export function JudgementText({ judgement }: { readonly judgement: ShownJudgement }): JSX.Element {
  const { by, at, givenFor } = judgement;
  return (
    <span class="judgement">
      <VerdictWord judgement={judgement} />
      {` by ${by}, ${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`}
      {givenFor.length > 0 ? (
        <span class="given-for">
          {', given for '}
          {givenFor.map(({ column, value }, i) => (
            <span key={column.name}>
              {i > 0 ? ', ' : ''}
              {column.name} <Value value={value} type={column.type} name={column.name} />
            </span>
          ))}
        </span>
      ) : null}
    </span>
  );
}
