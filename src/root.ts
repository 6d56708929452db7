import { join } from 'node:path';

/** The package's folder, where fixtures/ is: one above this file, in src as well as in dist. */
export const packageRoot = join(import.meta.dirname, '..');
