import type { JSX } from 'preact';
import { differences } from './differences.ts';

/** The query as it runs with its chips; what these have changed is marked. */
export function TextWithChips({ own, text }: { readonly own: string; readonly text: string }): JSX.Element {
  return (
    <section class="with-chips" aria-label="The query with its chips">
      <pre>
        {differences(own, text).map(({ kind, text: piece }, i) =>
          kind === 'same' ? piece : kind === 'added' ? <ins key={i}>{piece}</ins> : <del key={i}>{piece}</del>,
        )}
      </pre>
    </section>
  );
}
