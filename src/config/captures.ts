import { resolve } from 'node:path';
import { HooksError } from '../errors.ts';
import type { Io } from '../io.ts';

const usualFolder = '.scalekit-hooks/captures';

/** Where captures are kept: as it is named, and its whole path. */
export interface CapturesFolder {
  readonly name: string;
  readonly path: string;
}

/** Where captures are kept: `--captures`, else a folder of the working directory. */
export function findCapturesFolder(
  { cwd }: Pick<Io, 'cwd'>,
  { captures }: { readonly captures?: string | undefined },
): CapturesFolder {
  if (captures?.trim() === '') {
    throw new HooksError('invalid_value', {
      flag: '--captures',
      value: captures,
      expected: 'a folder',
      example: `--captures ${usualFolder}`,
    });
  }
  const name = captures ?? usualFolder;
  return { name, path: resolve(cwd, name) };
}
