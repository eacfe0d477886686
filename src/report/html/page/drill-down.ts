/** Puts the number of the row that a reader chooses into the command that leads to its events. */
export function offerRows(section: HTMLElement): void {
  const place = section.querySelector('.row-number');
  const input = section.querySelector<HTMLInputElement>('.drill-down input');
  const table = section.querySelector('table.sortable');
  if (!place || !input || !table) return;
  const choose = (row: string): void => {
    place.textContent = row;
    table.querySelector('tr.chosen')?.classList.remove('chosen');
    const number = [...table.querySelectorAll('td.row')].find((cell) => cell.textContent === row);
    number?.parentElement?.classList.add('chosen');
  };
  place.textContent = input.value;
  input.addEventListener('input', () => {
    if (input.validity.valid && input.value !== '') choose(input.value);
  });
  table.addEventListener('click', (event) => {
    const cell = (event.target as Element).closest('td.row');
    if (!cell?.textContent) return;
    input.value = cell.textContent;
    choose(cell.textContent);
  });
}
