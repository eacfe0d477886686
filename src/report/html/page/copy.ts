/** Lets every button beside a command or a query copy it. */
export function offerCopying(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('button.copy')) {
    button.addEventListener('click', () => {
      void copy(button.parentElement?.querySelector('code')?.textContent ?? '', button);
    });
  }
}

/** Puts a text on the clipboard, and says on the button for a moment how that went. */
export async function copy(text: string, button: HTMLButtonElement): Promise<void> {
  const label = button.textContent;
  const copied = await navigator.clipboard.writeText(text).then(
    () => true,
    () => copyBySelection(text),
  );
  button.textContent = copied ? 'Copied' : 'Not allowed';
  setTimeout(() => {
    button.textContent = label;
  }, 1500);
}

/** Browsers that keep files from the clipboard still copy what is selected. */
function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  const copied = document.execCommand('copy');
  area.remove();
  return copied;
}
