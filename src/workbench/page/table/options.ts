import { go, place } from '../state/location.ts';

/** Changes settings of the table in the address, without a step that Back returns to. An empty one is left out. */
export function setOptions(changed: Readonly<Record<string, string>>): void {
  const options = Object.entries({ ...place.value.options, ...changed }).filter(([, value]) => value !== '');
  go({ options: Object.fromEntries(options) }, { replace: true });
}

export const setOption = (name: string, value: string): void => setOptions({ [name]: value });

/** Shows the rows that the allow-list accepts, or hides them. */
export const toggleHidden = (): void => setOption('hidden', place.value.options.hidden === undefined ? '1' : '');
