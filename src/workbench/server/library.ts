import type { HuntJob } from '../../app/jobs.ts';
import { type Job, jobsOf, loneJob } from '../../app/jobs.ts';
import { InputError } from '../../diagnostics/diagnostic.ts';
import type { Attack } from '../../hunts/attack.ts';
import { facetsOf } from '../../hunts/facets.ts';
import type { Hunt } from '../../hunts/hunt.ts';
import { CompiledQuery } from '../../languages/esql/compiled-query.ts';
import type { HuntCard } from '../contract/calls.ts';
import type { Question } from '../contract/question.ts';

/** By what the page calls a hunt: its UUID, else its name. */
export const huntId = ({ uuid, name }: Hunt): string => uuid ?? name;

/** The hunts that the page shows, by their ids. Queries are compiled once, however often they are asked. */
export class Library {
  readonly #hunts: Map<string, Hunt>;
  readonly #jobs = new Map<string, readonly HuntJob[]>();
  readonly #cards = new Map<Hunt, HuntCard>();

  constructor(
    hunts: readonly Hunt[],
    /** What of the folders of hunts could not be read. */
    readonly problems: readonly string[],
    private readonly attack: Attack,
  ) {
    this.#hunts = new Map(hunts.map((hunt) => [huntId(hunt), hunt]));
  }

  get hunts(): readonly Hunt[] {
    return [...this.#hunts.values()];
  }

  /** Adds a hunt that was written meanwhile. */
  add(hunt: Hunt): void {
    this.#hunts.set(huntId(hunt), hunt);
    this.#jobs.delete(huntId(hunt));
  }

  /** Throws an InputError where there is none. */
  hunt(id: string): Hunt {
    const found = this.#hunts.get(id) ?? this.hunts.find(({ uuid, name }) => uuid?.startsWith(id) || name === id);
    if (!found) throw new InputError(`no hunt is called ${id}`, 'it may have been renamed, or another library is open');
    return found;
  }

  jobs(id: string): readonly HuntJob[] {
    const hunt = this.hunt(id);
    const known = this.#jobs.get(huntId(hunt)) ?? jobsOf(hunt);
    this.#jobs.set(huntId(hunt), known);
    return known;
  }

  /** The query that a question is about, before its overrides. */
  job({ hunt, query, text }: Question): Job {
    if (hunt === null) return loneJob(text ?? '');
    const job = this.jobs(hunt)[query];
    if (!job) throw new InputError(`${this.hunt(hunt).name} has no query ${query + 1}`);
    return text === null ? job : { ...job, esql: new CompiledQuery(text), name: 'edited text', lineOffset: 0 };
  }

  /** What the list of hunts says of one. Its queries are parsed for it, once. */
  card(hunt: Hunt): HuntCard {
    const known = this.#cards.get(hunt) ?? this.#cardOf(hunt);
    this.#cards.set(hunt, known);
    return known;
  }

  /** Makes the cards before they are asked for, one at a time: others are answered meanwhile. */
  async prepareCards(): Promise<void> {
    for (const hunt of this.hunts) {
      this.card(hunt);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #cardOf(hunt: Hunt): HuntCard {
    const { platforms, indices } = facetsOf(hunt);
    const { name, description, author, notes, references, integration, file, mitre, queries } = hunt;
    return {
      ...{ id: huntId(hunt), name, platforms, indices, description, author, notes, references, integration },
      // The folder that a hunt stands in says what it is about; where that lies is nobody's business.
      file: file.split(/[/\\]/).slice(-3).join('/'),
      techniques: mitre.map((id) => ({ id, name: this.attack.name(id), tactics: this.attack.tacticsOf(id) })),
      queries: queries.map(({ text }) => text),
      history: [],
      problem: null,
    };
  }
}
