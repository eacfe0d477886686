import type { Handlers } from '../call.ts';
import { hello } from './hello.ts';
import { hunts } from './hunts.ts';
import { now } from './now.ts';
import { openHunt } from './open.ts';
import { rows } from './rows.ts';

/** Who answers each call. */
export const handlers: Partial<Handlers> = {
  hello,
  hunts,
  now,
  'hunt/open': openHunt,
  rows,
  jobs: async (_request, { jobs }) => ({ jobs: jobs.all }),
};
