import { existsSync } from 'node:fs';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { closestMatches } from '../diagnostics/closest-match.ts';
import { InputError } from '../diagnostics/diagnostic.ts';
import { decodeRun, encodeRun, type SavedRun } from './saved-run.ts';
import { checkName, writeWhole } from './state-folder.ts';

/** The runs that are kept in a state folder, a file each. */
export class SavedRuns {
  readonly #folder: string;

  constructor(state: string) {
    this.#folder = join(state, 'runs');
  }

  /** Throws an InputError when a run cannot be saved under a name, or is there already and may not be replaced. */
  checkFree(name: string, replace: boolean): void {
    checkName(name, 'saved run');
    if (!replace && existsSync(this.#file(name)))
      throw new InputError(
        `a run is saved as ${name} already`,
        `replace it with --force, or delete it first: harrier runs delete ${name}`,
      );
  }

  async save(run: SavedRun): Promise<void> {
    await writeWhole(this.#file(run.name), encodeRun(run));
  }

  async read(name: string): Promise<SavedRun> {
    await this.#mustExist(name);
    return decodeRun(await readFile(this.#file(name), 'utf8'), this.#file(name));
  }

  async delete(name: string): Promise<void> {
    await this.#mustExist(name);
    await rm(this.#file(name));
  }

  /** The names of what is saved, in the order of the alphabet. */
  async names(): Promise<string[]> {
    const files = await readdir(this.#folder).catch(() => []);
    return files.flatMap((file) => (file.endsWith('.json') ? file.slice(0, -'.json'.length) : [])).sort();
  }

  /** The names of what was saved last, the newest first. */
  async newest(most: number): Promise<string[]> {
    const names = await this.names();
    const saved = await Promise.all(
      names.map((name) => stat(this.#file(name)).then(({ mtimeMs }) => ({ name, mtimeMs }))),
    );
    return saved
      .sort((a, b) => b.mtimeMs - a.mtimeMs)
      .slice(0, most)
      .map(({ name }) => name);
  }

  /** The runs that were saved last, the newest first, one after the other. One that cannot be read is passed over. */
  async *readNewest(most: number): AsyncGenerator<SavedRun, void> {
    for (const name of await this.newest(most)) {
      const run = await this.read(name).catch(() => null);
      if (run) yield run;
    }
  }

  #file(name: string): string {
    return join(this.#folder, `${name}.json`);
  }

  async #mustExist(name: string): Promise<void> {
    checkName(name, 'saved run');
    if (existsSync(this.#file(name))) return;
    const names = await this.names();
    const [near] = closestMatches(name, names);
    throw new InputError(
      `no run is saved as ${name} in ${this.#folder}`,
      near !== undefined
        ? `did you mean ${near}?`
        : names.length > 0
          ? `there are ${names.slice(0, 10).join(', ')}`
          : `save one: harrier run … --save ${name}`,
    );
  }
}
