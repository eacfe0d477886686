import type { ComponentChildren, JSX } from 'preact';
import { useDialog } from '../use-dialog.ts';
import { closeSheet } from './sheet.ts';

/** A dialog over the page, which a click beside it closes as well. */
export function Dialog({
  label,
  name,
  children,
}: {
  readonly label: string;
  readonly name: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  const { ref, onCancel } = useDialog(closeSheet);
  return (
    <dialog
      ref={ref}
      class={`sheet ${name}`}
      aria-label={label}
      onCancel={onCancel}
      onMouseDown={(event) => {
        if (event.target === ref.current) closeSheet();
      }}
    >
      <div class="inside">{children}</div>
    </dialog>
  );
}
