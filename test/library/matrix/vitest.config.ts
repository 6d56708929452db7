import { defineConfig } from 'vitest/config';

/** The long form of the matrix: `npm run matrix`. */
export default defineConfig({
  test: {
    include: ['test/library/matrix/long.ts'],
    globalSetup: 'test/library/matrix/installed.ts',
    reporters: ['verbose'],
    hookTimeout: 60_000,
  },
});
