import { Store } from '../../store/store.ts';
import { serverThatHas } from '../store-server.ts';
import { HeldStore } from './held-events.ts';
import { memoryOverStore } from './store.ts';

/** A store that is held open for reading; null while a server has it, which then answers instead. */
export async function holdStore(folder: string, memory: string = memoryOverStore()): Promise<HeldStore | null> {
  try {
    return await HeldStore.over(await Store.openToRead(folder, { memoryLimit: memory }));
  } catch (error) {
    if (await serverThatHas(folder, error)) return null;
    throw error;
  }
}
