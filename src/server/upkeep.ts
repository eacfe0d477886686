import type { FastifyInstance } from 'fastify';
import { backupOpen } from '../store/backup.ts';
import { forgetOlder } from '../store/forget-older.ts';
import { illegalArgument } from '../store/refusal.ts';
import { UnreadInputs } from '../store/unread-inputs.ts';
import type { ServerContext } from './context.ts';
import { goneSignal } from './query.ts';
import { jsonObject } from './request-body.ts';
import { requireOwner } from './security.ts';

/**
 * What the command line does to a store that this server has: `harrier backup`, `forget`, and what readers of the store have
 * to know. It takes the key that the server left in the folder of the store.
 */
export function addUpkeep(app: FastifyInstance, { store, queries, keys, log }: ServerContext): void {
  app.get('/_harrier/unread', async (request) => {
    await requireOwner(request, keys);
    return (await queries.with((connection) => UnreadInputs.load(connection))).unread;
  });

  app.post('/_harrier/forget', async (request, reply) => {
    await requireOwner(request, keys);
    const { before, indices, dry_run: dryRun } = jsonObject(request.body);
    if (typeof before !== 'number' || !Number.isSafeInteger(before))
      throw illegalArgument('[before] must be milliseconds since the epoch');
    if (typeof indices !== 'string') throw illegalArgument('[indices] must be names or patterns');
    await store.refresh('all');
    const report = await forgetOlder(store, queries, { before, indices, dryRun: dryRun === true }, goneSignal(reply));
    if (dryRun !== true)
      for (const { index, events } of report.forgotten)
        log.write('info', 'forget', `deleted ${events} events of ${index}`, {
          'harrier.index': index,
          'harrier.events': events,
        });
    return report;
  });

  app.post('/_harrier/backup', async (request, reply) => {
    await requireOwner(request, keys);
    const { to } = jsonObject(request.body);
    if (typeof to !== 'string' || to === '') throw illegalArgument('[to] must be a folder');
    const began = performance.now();
    const backup = await backupOpen(store, to, goneSignal(reply));
    log.write('info', 'backup', `wrote a backup to ${backup.folder}`, {
      'harrier.bytes': backup.bytes,
      'harrier.documents': backup.documents,
      'event.duration': Math.round((performance.now() - began) * 1e6),
    });
    return backup;
  });
}
