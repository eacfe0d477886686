import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { visibleLines } from '../../../values/visible.ts';
import type { Cell, ColumnInfo } from '../../contract/question.ts';
import type { CutCell } from '../../contract/states.ts';
import { ShownValue } from '../shown-value.tsx';
import { sayError } from '../state/session.ts';
import { useDialog } from '../use-dialog.ts';
import { countWords } from '../words.ts';
import { copyText } from './cell-menu.tsx';
import { plain, rowsText } from './copy.ts';

export interface RecordProps {
  readonly title: string;
  readonly columns: readonly ColumnInfo[];
  readonly read: (signal: AbortSignal) => Promise<{ values: readonly Cell[]; cut: readonly CutCell[] }>;
  /** Reads a value whole; null where all of them are. */
  readonly readWhole: ((column: number) => Promise<Cell>) | null;
  readonly onClose: () => void;
}

/** One row: its fields down, those without a value folded, or as JSON. */
export function RecordView({ title, columns, read, readWhole, onClose }: RecordProps): JSX.Element {
  const dialog = useDialog(onClose);
  const [record, setRecord] = useState<{ values: readonly Cell[]; cut: readonly CutCell[] } | null>(null);
  const [wanted, setWanted] = useState('');
  const [tab, setTab] = useState<'fields' | 'json'>('fields');
  const [withNull, setWithNull] = useState(false);
  useEffect(() => {
    const controller = new AbortController();
    setRecord(null);
    read(controller.signal).then(setRecord, (error) => {
      if (!controller.signal.aborted) sayError(error);
    });
    return () => controller.abort();
  }, [title]);
  const { values = [], cut = [] } = record ?? {};
  const fields = columns
    .map((column, at) => ({
      column,
      at,
      value: values[at] ?? null,
      length: cut.find((one) => one.column === at)?.length,
    }))
    .filter(({ column }) => column.name.toLowerCase().includes(wanted.toLowerCase()));
  const shown = withNull ? fields : fields.filter(({ value }) => value !== null);
  const folded = fields.filter(({ value }) => value === null).length;
  const asJson = (): string => rowsText(columns, [values], 'JSON').replace(/^\[\n|\n\]$/g, '');
  const copyWhole = async ({ at, value, length }: (typeof fields)[number], name: string): Promise<void> =>
    copyText(plain(length !== undefined && readWhole ? await readWhole(at) : value), name);
  return (
    <dialog {...dialog} class="record" aria-label={title}>
      <header>
        <h2>{title}</h2>
        <div role="tablist" aria-label="Form">
          {(['fields', 'json'] as const).map((name) => (
            <button
              key={name}
              type="button"
              role="tab"
              id={`record-${name}`}
              aria-selected={tab === name}
              aria-controls="record-body"
              onClick={() => setTab(name)}
            >
              {name === 'json' ? 'JSON' : 'Fields'}
            </button>
          ))}
        </div>
        <button type="button" onClick={() => void copyText(asJson(), 'JSON').catch(sayError)}>
          Copy JSON
        </button>
        <button type="button" onClick={onClose}>
          Close <kbd>Esc</kbd>
        </button>
      </header>
      <label>
        Fields named{' '}
        <input type="search" value={wanted} onInput={(event) => setWanted(event.currentTarget.value)} autoFocus />
      </label>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard */}
      <div id="record-body" role="tabpanel" aria-labelledby={`record-${tab}`} tabIndex={0}>
        {record === null ? <p>Reading …</p> : null}
        {record !== null && tab === 'json' ? <pre class="json">{visibleLines(asJson())}</pre> : null}
        {record !== null && tab === 'fields' ? (
          <table>
            <caption class="visually-hidden">{`${countWords(shown.length, 'field')} of ${columns.length}`}</caption>
            <thead>
              <tr>
                <th scope="col">Field</th>
                <th scope="col">Value</th>
                <th scope="col">
                  <span class="visually-hidden">Copy</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((field) => (
                <tr key={field.column.name}>
                  <th scope="row" title={field.column.type}>
                    {field.column.name}
                  </th>
                  <td class="cell">
                    <ShownValue value={field.value} type={field.column.type} name={field.column.name} isWhole />
                    {field.length === undefined ? null : (
                      <em class="cut">{`the first characters of ${field.length.toLocaleString('en')}: Copy takes all`}</em>
                    )}
                  </td>
                  <td>
                    <button
                      type="button"
                      class="quiet"
                      aria-label={`Copy ${field.column.name}`}
                      onClick={() => void copyWhole(field, field.column.name).catch(sayError)}
                    >
                      Copy
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        ) : null}
        {record !== null && folded > 0 && tab === 'fields' ? (
          <button type="button" class="quiet" aria-expanded={withNull} onClick={() => setWithNull(!withNull)}>
            {withNull ? 'Hide' : 'Show'} {countWords(folded, 'field')} without a value
          </button>
        ) : null}
      </div>
    </dialog>
  );
}
