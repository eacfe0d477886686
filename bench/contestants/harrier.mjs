// Harrier in a process that stays open, and SQL by hand on the very table that it keeps.
import { work } from './worker.mjs';

const [module, store, hunts, now] = process.argv.slice(2);
const { openHarrier } = await import(module);
const harrier = await openHarrier(store, JSON.parse(hunts), now);
work({
  jobs: () => harrier.jobs.map(({ hunt, query }) => ({ uuid: hunt.uuid, query, name: hunt.name })),
  // Hunts by their places among all.
  hunts: (places) => harrier.hunts(places.map((place) => harrier.jobs[place])).then((results) => results.flat()),
  query: (text) => harrier.query(text),
  sql: (text) => harrier.sql(text),
});
