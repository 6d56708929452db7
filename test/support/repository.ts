import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root folder of this checkout. */
export const repository = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const bin = join(repository, 'bin/scalekit-hooks.cjs');
