import type { CapturesPlace } from '../config/captures.ts';
import type { CaptureStore } from './store.ts';

/** Opens the store at a place. Nothing is read, written or connected before it is asked for. */
export async function openStore({ path, name, server }: CapturesPlace): Promise<CaptureStore> {
  if (server) return (await import('./redis/store.ts')).redisStore(server);
  return (await import('./journal/store.ts')).journalStore(path, name);
}

/** Opens the store at a place for some work, and closes it afterwards. */
export async function withStore<T>(
  place: CapturesPlace,
  work: (store: CaptureStore) => Promise<T>,
): Promise<T> {
  const store = await openStore(place);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
