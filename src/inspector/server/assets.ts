import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { HooksError } from '../../errors.ts';
import { whyUnreadable } from '../../system-errors.ts';

/** A file of the page. */
export interface Asset {
  readonly type: string;
  readonly bytes: Buffer;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The files of the page by path, read once: no request names a file. Throws HooksError if they are missing. */
export function readAssets(root: string): ReadonlyMap<string, Asset> {
  const folder = join(root, 'dist/inspector');
  try {
    return new Map(
      readdirSync(folder).flatMap((name) => {
        const type = types[extname(name)];
        return type ? [[`/${name}`, { type, bytes: readFileSync(join(folder, name)) }] as const] : [];
      }),
    );
  } catch (error) {
    throw new HooksError('unreadable_file', { path: folder, reason: whyUnreadable(error) });
  }
}
