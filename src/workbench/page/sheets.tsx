import type { JSX } from 'preact';

/** Dialogs and other layers over the page. */
export function Sheets(): JSX.Element | null {
  return null;
}
