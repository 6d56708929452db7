import { realTimers } from './real-timers.ts';

/** What undici calls as globals. The build of the library replaces them with these; see build.mjs. */
export const { setTimeout, clearTimeout, setImmediate, clearImmediate } = realTimers;

/** No module of Node.js has the real one. */
export function queueMicrotask(callback: () => void): void {
  Promise.resolve().then(callback);
}
