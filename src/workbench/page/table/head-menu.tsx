import type { JSX } from 'preact';
import type { ColumnInfo } from '../../contract/question.ts';
import { type ColumnChoices, layOut, moved, toggled, withWidth } from './layout.ts';
import { Menu } from './menu.tsx';

/** What can be done with a column. */
export function HeadMenu({
  name,
  at,
  columns,
  choices,
  fit,
  onChoose,
  onSort,
  onClose,
}: {
  readonly name: string;
  readonly at: { readonly x: number; readonly y: number };
  readonly columns: readonly ColumnInfo[];
  readonly choices: ColumnChoices;
  /** The width that shows the values of the rows that have come. */
  readonly fit: () => number;
  readonly onChoose: (choices: ColumnChoices) => void;
  readonly onSort: (option: string, value: string) => void;
  readonly onClose: () => void;
}): JSX.Element {
  const width = layOut(columns, choices).columns.find((column) => column.name === name)?.width ?? 100;
  const isPinned = choices.pinned.includes(name);
  const { widths } = choices;
  const unsized = new Map([...widths].filter(([other]) => other !== name));
  return (
    <Menu
      label={`Column ${name}`}
      at={at}
      onClose={onClose}
      groups={[
        {
          title: 'Sort',
          items: [
            { label: 'Sort up', run: () => onSort('sort', name) },
            { label: 'Sort down', run: () => onSort('sort', `${name} desc`) },
            { label: 'Order of the answer', run: () => onSort('sort', '') },
          ],
        },
        {
          title: 'Column',
          items: [
            {
              label: isPinned ? 'Unpin' : 'Pin to the left',
              run: () => onChoose({ ...choices, pinned: toggled(choices.pinned, name) }),
            },
            { label: 'Hide', run: () => onChoose({ ...choices, hidden: toggled(choices.hidden, name) }) },
            { label: 'Move left', run: () => onChoose(moved(columns, choices, name, -1)) },
            { label: 'Move right', run: () => onChoose(moved(columns, choices, name, 1)) },
            {
              label: choices.wrapped.includes(name) ? 'One line' : 'Wrap',
              run: () => onChoose({ ...choices, wrapped: toggled(choices.wrapped, name) }),
            },
            { label: 'Fit to the values', run: () => onChoose(withWidth(choices, name, fit())) },
            { label: 'Wider', run: () => onChoose(withWidth(choices, name, width * 1.5)) },
            { label: 'Narrower', run: () => onChoose(withWidth(choices, name, width / 1.5)) },
            { label: 'Usual width', run: () => onChoose({ ...choices, widths: unsized }) },
          ],
        },
      ]}
    />
  );
}
