/** A scalar of a document and the dotted name that it stands under. */
export type Leaf = readonly [name: string, value: string | number | boolean];

/** The scalars of a document as a mapping names them; those of objects in a list stand under one name. */
export function* leavesOf(value: unknown, name = ''): Generator<Leaf> {
  if (Array.isArray(value)) {
    for (const one of value) yield* leavesOf(one, name);
    return;
  }
  if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) yield* leavesOf(inner, name === '' ? key : `${name}.${key}`);
    return;
  }
  if (name !== '' && (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'))
    yield [name, value];
}

/** The values at each name of some documents, in the order in which names first appear. */
export function valuesByName(documents: Iterable<unknown>): Map<string, (string | number | boolean)[]> {
  const found = new Map<string, (string | number | boolean)[]>();
  for (const document of documents)
    for (const [name, value] of leavesOf(document)) {
      const values = found.get(name);
      if (values) values.push(value);
      else found.set(name, [value]);
    }
  return found;
}
