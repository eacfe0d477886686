import type { Link } from '../../contract/calls.ts';

/** The pages elsewhere that take a value of a field, and the address of each for it. */
export function lookUpsOf(
  links: readonly Link[],
  field: string,
  value: string,
): { readonly name: string; readonly address: string }[] {
  return links
    .filter(({ fields }) => fields.length === 0 || fields.some((pattern) => fits(field, pattern)))
    .map(({ name, url }) => ({
      name,
      address: url.replaceAll('{value}', () => encodeURIComponent(wellFormed(value))),
    }));
}

/** Half of a character has no place in an address. */
const wellFormed = (text: string): string =>
  text.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD');

const fits = (field: string, pattern: string): boolean =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  ).test(field);
