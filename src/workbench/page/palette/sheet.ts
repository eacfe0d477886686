import { signal } from '@preact/signals';

/** The dialogs of the page. One is open at a time. */
export type SheetName = 'palette' | 'keys' | 'save' | 'report' | 'where-else';

export const sheet = signal<SheetName | null>(null);

export function openSheet(name: SheetName): void {
  sheet.value = name;
}

export function closeSheet(): void {
  sheet.value = null;
}
