import type { ComponentChildren, JSX } from 'preact';

/** Something wider or longer than its place: the keyboard reaches it, to scroll. */
export function Scrolling({
  label,
  name = '',
  children,
}: {
  readonly label: string;
  readonly name?: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard
    // biome-ignore lint/a11y/useSemanticElements: no fieldset, for nothing is entered
    <div class={`scroll ${name}`} role="group" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}
