import { join } from 'node:path';

/** The package's folder, which contains fixtures/: the parent of both src and dist. */
export const packageRoot = join(import.meta.dirname, '..');
