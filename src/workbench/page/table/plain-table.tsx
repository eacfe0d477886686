import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { ShownValue } from '../shown-value.tsx';
import type { Layout } from './layout.ts';
import type { Rows } from './rows.ts';

/** Rows of a table that is drawn whole. */
const mostRows = 200;

/** The first rows as a table of the page itself, for readers that take a grid of parts badly, and for printing. */
export function PlainTable({
  rows,
  layout: { columns },
  label,
}: {
  readonly rows: Rows;
  readonly layout: Layout;
  readonly label: string;
}): JSX.Element {
  void rows.version.value;
  const count = Math.min(mostRows, rows.count);
  useEffect(() => {
    rows.want(
      0,
      count,
      columns.map(({ at }) => at),
    );
  }, [rows, columns]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard
    <section class="plain-table" aria-label={label} tabIndex={0}>
      <table>
        <caption>{count < rows.count ? `the first ${count} of ${label}` : label}</caption>
        <thead>
          <tr>
            <th scope="col">row</th>
            {columns.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: count }, (_, row) => (
            <tr key={row}>
              <th scope="row">{(rows.place(row) ?? row) + 1}</th>
              {columns.map(({ name, type, at }) => (
                <td key={name} class="cell">
                  <ShownValue value={rows.cell(row, at) ?? null} type={type} name={name} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
