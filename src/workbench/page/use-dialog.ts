import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { openLayer } from './state/keys.ts';

/**
 * A dialog that is open as long as it is drawn. It begins at what is marked `data-first`; Esc closes it, and the focus goes
 * back to where it was. It goes by `cancel`: `close` comes late, when another layer may be open.
 */
export function useDialog(onClose: () => void): {
  readonly ref: RefObject<HTMLDialogElement | null>;
  readonly onCancel: (event: Event) => void;
} {
  const ref = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const element = ref.current!;
    element.showModal();
    const first = element.querySelector<HTMLElement>('[data-first]');
    first?.focus();
    if (first instanceof HTMLInputElement) first.select();
    const release = openLayer(onClose);
    return () => {
      release();
      element.close();
    };
  }, []);
  const onCancel = (event: Event): void => {
    event.preventDefault();
    onClose();
  };
  return { ref, onCancel };
}
