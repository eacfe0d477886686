/** Shows what is known of the process that a reader chooses. */
export function chooseProcesses(tree: HTMLElement): void {
  const buttons = [...tree.querySelectorAll<HTMLButtonElement>('button[aria-controls]')];
  for (const button of buttons) {
    button.addEventListener('click', () => {
      for (const other of buttons) {
        other.ariaPressed = String(other === button);
        const details = document.getElementById(other.getAttribute('aria-controls') ?? '');
        if (details) details.hidden = other !== button;
      }
    });
  }
}
