import type { CapturesPlace } from '../config/captures.ts';
import { journalStore } from './journal/store.ts';
import type { CaptureStore } from './store.ts';

/** Opens the store at a place. Nothing is read or written before it is asked for. */
export function openStore({ path, name }: CapturesPlace): CaptureStore {
  return journalStore(path, name);
}
