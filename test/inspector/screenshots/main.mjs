/**
 * Writes the screenshots of the documentation to docs/images, from the built page and the server of the tests.
 *
 *   npm run screenshots
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const repository = join(import.meta.dirname, '../../..');
execFileSync('npx', ['vitest', 'run', '--config', join(import.meta.dirname, 'vitest.config.ts')], {
  cwd: repository,
  stdio: 'inherit',
});
