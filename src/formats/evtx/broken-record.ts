/** A record cannot be read, as the text says. */
export class BrokenRecord extends Error {}

/** Fails the record that is being read. */
export function broken(why: string): never {
  throw new BrokenRecord(why);
}
