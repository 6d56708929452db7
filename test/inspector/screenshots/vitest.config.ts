import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['test/inspector/screenshots/write.ts'], testTimeout: 60_000 },
});
