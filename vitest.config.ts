import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Real processes and sockets: generous, since a slow machine is no failure.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Most tests wait for processes and sockets: one worker more than there are cores is no crowd.
    maxWorkers: 3,
    // As a bundler does it: jsonc-parser's main file hides its names from Node.js.
    server: { deps: { inline: ['jsonc-parser'] } },
  },
});
