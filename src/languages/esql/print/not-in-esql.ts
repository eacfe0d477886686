import { releasesWith, type Since } from '../../../values/release.ts';

/** A plan, or a part of one, that ES|QL has no words for. */
export class NotInEsql extends Error {
  constructor(what: string) {
    super(`ES|QL has no words for ${what}`);
  }
}

/** A plan that needs a newer release than the one it is printed for. */
export class TooOld extends NotInEsql {
  constructor(
    /** What the release lacks. */
    readonly what: string,
    /** The release that first has it. */
    readonly needs: Since,
  ) {
    super(what);
    this.message = `${what} needs Elasticsearch ${releasesWith(needs)}`;
  }
}
