import { endOf } from '../../../runs/accepted/entry.ts';
import type { Handler } from '../call.ts';
import type { Workbench } from '../context.ts';
import { abilities } from './abilities.ts';
import { dataInfo } from './data-info.ts';

/** Milliseconds before the end of an entry of the allow-list at which people hear of it. */
const soon = 14 * 86_400_000;

/** What is opened, and what can be done with it. */
export const hello: Handler<'hello'> = async (_request, workbench, signal) => {
  const { version, source, kind, user } = workbench.options;
  return {
    ...{ version, user, source, kind, engine: kind === 'cluster' ? 'elasticsearch' : 'duckdb' },
    can: abilities(workbench.options),
    links: workbench.options.links,
    data: await dataInfo(workbench, signal),
    expiring: await expiring(workbench),
    problems: workbench.options.library.problems,
  };
};

async function expiring({ options }: Workbench): Promise<{ hunt: string; reason: string; expires: string }[]> {
  const list = await options.accepted().catch(() => null);
  const now = Date.now();
  return (list?.entries ?? []).flatMap((entry) => {
    const end = endOf(entry);
    if (end === null || end < now || end > now + soon) return [];
    return [{ hunt: entry.hunt, reason: entry.reason, expires: entry.expires! }];
  });
}
