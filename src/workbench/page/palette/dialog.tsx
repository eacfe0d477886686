import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { openLayer } from '../state/keys.ts';
import { closeSheet } from './sheet.ts';

/**
 * A dialog over the page. Esc and a click beside it close it; the focus returns to where it was. It begins at what is
 * marked `data-first`.
 */
export function Dialog({
  label,
  name,
  children,
}: {
  readonly label: string;
  readonly name: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    const first = dialog.current?.querySelector<HTMLElement>('[data-first]');
    first?.focus();
    if (first instanceof HTMLInputElement) first.select();
    const release = openLayer(closeSheet);
    return () => {
      release();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class={`sheet ${name}`}
      aria-label={label}
      onCancel={(event) => {
        event.preventDefault();
        closeSheet();
      }}
      onMouseDown={(event) => {
        if (event.target === dialog.current) closeSheet();
      }}
    >
      <div class="inside">{children}</div>
    </dialog>
  );
}
