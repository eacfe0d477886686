import type { Handler } from '../call.ts';

/** What was done, newest last. */
export const trail: Handler<'trail'> = async (_request, workbench) => ({ entries: await workbench.trail.steps() });

export const addToTrail: Handler<'trail/add'> = async ({ entry }, workbench) => ({
  at: await workbench.trail.add(entry),
});

export const starInTrail: Handler<'trail/star'> = async ({ at, starred }, workbench) => {
  await workbench.trail.star(at, starred);
  return {};
};
