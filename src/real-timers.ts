import * as timers from 'node:timers';

/**
 * The timers of Node.js as they are when this is loaded. Test runners replace them with fake ones, with which no delivery
 * would ever time out, or with those of a browser.
 */
export const realTimers = {
  setTimeout: timers.setTimeout,
  clearTimeout: timers.clearTimeout,
  setImmediate: timers.setImmediate,
  clearImmediate: timers.clearImmediate,
} as const;
