import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { openLayer } from '../state/keys.ts';

export interface MenuItem {
  readonly label: string;
  /** What stands at its right: how many rows it leaves. */
  readonly detail?: string | undefined;
  readonly keys?: string | undefined;
  /** Why it cannot be chosen. */
  readonly off?: string | undefined;
  run(): void;
}

export interface MenuGroup {
  readonly title: string;
  readonly items: readonly MenuItem[];
}

/** A menu at a point of the page. The focus goes into it, and back when it closes. */
export function Menu({
  label,
  groups,
  at,
  onClose,
}: {
  readonly label: string;
  readonly groups: readonly MenuGroup[];
  readonly at: { readonly x: number; readonly y: number };
  readonly onClose: () => void;
}): JSX.Element {
  const menu = useRef<HTMLDivElement>(null);
  const items = (): HTMLElement[] => [...menu.current!.querySelectorAll<HTMLElement>('[role=menuitem]')];
  useLayoutEffect(() => {
    const close = openLayer(onClose);
    const outside = (event: PointerEvent): void => {
      if (!menu.current?.contains(event.target as Node)) onClose();
    };
    addEventListener('pointerdown', outside, true);
    return () => {
      close();
      removeEventListener('pointerdown', outside, true);
    };
  }, []);
  useLayoutEffect(() => {
    // It stays on the page, beside the point that it belongs to.
    const element = menu.current!;
    const { width, height } = element.getBoundingClientRect();
    element.style.left = `${Math.max(4, Math.min(at.x, innerWidth - width - 4))}px`;
    element.style.top = `${Math.max(4, Math.min(at.y, innerHeight - height - 4))}px`;
  }, [at, groups]);
  useLayoutEffect(() => items()[0]?.focus(), []);
  const move = (by: number): void => {
    const all = items();
    const now = all.indexOf(document.activeElement as HTMLElement);
    all[(now + by + all.length) % all.length]?.focus();
  };
  return (
    <div
      ref={menu}
      class="menu-box"
      role="menu"
      aria-label={label}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key === 'Escape') return;
        if (event.key === 'ArrowDown') move(1);
        else if (event.key === 'ArrowUp') move(-1);
        else if (event.key === 'Home') items()[0]?.focus();
        else if (event.key === 'End') items().at(-1)?.focus();
        else if (event.key === 'Tab') onClose();
        else if (event.key === 'Enter' || event.key === ' ') (document.activeElement as HTMLElement).click();
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      {groups
        .filter((group) => group.items.length > 0)
        .map(({ title, items: own }) => (
          <div key={title} role="group" aria-label={title}>
            <div class="menu-title" aria-hidden="true">
              {title}
            </div>
            {own.map((item) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the menu has the keys
              <div
                key={item.label}
                role="menuitem"
                tabIndex={-1}
                aria-disabled={item.off !== undefined}
                title={item.off}
                onClick={() => {
                  if (item.off !== undefined) return;
                  onClose();
                  item.run();
                }}
                onMouseMove={(event) => event.currentTarget.focus()}
              >
                <span class="menu-label">{item.label}</span>
                <span class="menu-detail">{item.off ?? item.detail ?? ''}</span>
                {item.keys ? <kbd>{item.keys}</kbd> : null}
              </div>
            ))}
          </div>
        ))}
    </div>
  );
}
