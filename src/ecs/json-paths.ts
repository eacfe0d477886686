import { type Sql, text } from '../sql/sql.ts';

/** The path of a member in the engine's words: `a.b.0` is the first element of `b` of `a`. */
export const jsonPath = (path: string): Sql => text(stepsTo(path.split('.')));

/** The path of the elements of a list. */
export const elementsPath = (path: string): Sql => text(`${stepsTo(path.split('.'))}[*]`);

/** The path of a member whose name has dots of its own, behind some steps. */
export const dottedPath = (steps: readonly string[], name: string): Sql => text(stepsTo(steps) + memberStep(name));

/** The path of a member of objects in a list, which stands at the end of the first steps. */
export const pathInList = (list: readonly string[], member: readonly string[]): Sql =>
  text(`${stepsTo(list)}[*]${member.map(step).join('')}`);

const stepsTo = (steps: readonly string[]): string => `$${steps.map(step).join('')}`;

const step = (part: string): string => (/^\d+$/.test(part) ? `[${part}]` : memberStep(part));

const memberStep = (name: string): string => `."${name.replaceAll('"', '\\"')}"`;
