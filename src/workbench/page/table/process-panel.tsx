import type { JSX } from 'preact';
import type { PanelProps } from './drawer.tsx';

export function ProcessPanel(_: PanelProps): JSX.Element {
  return <p>…</p>;
}
