/** Notes of which many queries have the same: each is said in full once. */
export class SaidOnce {
  readonly #said = new Set<string>();

  /** A note, or what it says without its details and what to do, where these were said before. */
  text(note: string): string {
    if (this.#said.has(note)) return `as above: ${note.split(/[:;] /)[0]!}`;
    this.#said.add(note);
    return note;
  }
}
