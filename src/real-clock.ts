/**
 * The clock of Node.js as it is when this is loaded, in ms from some moment on: test runners replace it, as they do the
 * timers. Separate from those, because it loads node:perf_hooks, a twentieth of a short command's time.
 */
export const realNow: () => number = performance.now.bind(performance);
