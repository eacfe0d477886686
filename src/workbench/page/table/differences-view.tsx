import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Cell, ColumnInfo } from '../../contract/question.ts';
import { ShownValue } from '../shown-value.tsx';
import { sayError } from '../state/session.ts';
import { useDialog } from '../use-dialog.ts';
import { countWords } from '../words.ts';

type Both = readonly [readonly Cell[], readonly Cell[]];

/** Two rows side by side: the fields in which they differ; the others are folded. */
export function DifferencesView({
  columns,
  rows,
  read,
  onClose,
}: {
  readonly columns: readonly ColumnInfo[];
  /** Their places in the whole answer. */
  readonly rows: readonly [number, number];
  readonly read: (row: number, signal: AbortSignal) => Promise<{ readonly values: readonly Cell[] }>;
  readonly onClose: () => void;
}): JSX.Element {
  const dialog = useDialog(onClose);
  const [both, setBoth] = useState<Both | null>(null);
  const [withSame, setWithSame] = useState(false);
  useEffect(() => {
    const controller = new AbortController();
    Promise.all(rows.map((row) => read(row, controller.signal))).then(
      ([one, other]) => setBoth([one!.values, other!.values]),
      (error) => {
        if (!controller.signal.aborted) sayError(error);
      },
    );
    return () => controller.abort();
  }, []);
  const differs = (at: number): boolean => JSON.stringify(both![0][at]) !== JSON.stringify(both![1][at]);
  const all = both ? columns.map((column, at) => ({ column, at, isDifferent: differs(at) })) : [];
  const different = all.filter(({ isDifferent }) => isDifferent);
  const names = rows.map((row) => `row ${(row + 1).toLocaleString('en')}`);
  return (
    <dialog {...dialog} class="record" aria-label={`Differences of ${names.join(' and ')}`}>
      <header>
        <h2>{`${names.join(' and ')}: ${both ? `${different.length} of ${countWords(columns.length, 'field')} ${different.length === 1 ? 'differs' : 'differ'}` : 'reading …'}`}</h2>
        <button type="button" onClick={onClose}>
          Close <kbd>Esc</kbd>
        </button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard */}
      <div class="scrolls" tabIndex={0} role="region" aria-label="Fields">
        <table>
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">{names[0]}</th>
              <th scope="col">{names[1]}</th>
            </tr>
          </thead>
          <tbody>
            {(withSame ? all : different).map(({ column: { name, type }, at }) => (
              <tr key={name}>
                <th scope="row" title={type}>
                  {name}
                </th>
                {both!.map((values, i) => (
                  <td key={names[i]} class="cell">
                    <ShownValue value={values[at] ?? null} type={type} name={name} isWhole />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {all.length > different.length ? (
          <button type="button" class="quiet" aria-expanded={withSame} onClick={() => setWithSame(!withSame)}>
            {`${withSame ? 'Hide' : 'Show'} ${countWords(all.length - different.length, 'field')} that are the same`}
          </button>
        ) : null}
      </div>
    </dialog>
  );
}
