import { join } from 'node:path';

/**
 * The package's folder, which contains fixtures/: the parent of both src and dist. Empty in a bundle that does not know
 * where it is; the library needs no files then.
 */
export const packageRoot = import.meta.dirname === undefined ? '' : join(import.meta.dirname, '..');
