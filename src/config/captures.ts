import { resolve } from 'node:path';
import { HooksError } from '../errors.ts';
import type { Io } from '../io.ts';

const defaultFolder = '.scalekit-hooks/captures';

/** `name` is what the user wrote, for messages; `path` is absolute. */
export interface CapturesPlace {
  readonly name: string;
  readonly path: string;
}

/** `--captures`, or else a folder in the working directory. */
export function findCapturesPlace(
  { cwd }: Pick<Io, 'cwd'>,
  { captures }: { readonly captures?: string | undefined },
): CapturesPlace {
  if (captures?.trim() === '') {
    throw new HooksError('invalid_value', {
      flag: '--captures',
      value: captures,
      expected: 'a folder',
      example: `--captures ${defaultFolder}`,
    });
  }
  const name = captures ?? defaultFolder;
  return { name, path: resolve(cwd, name) };
}
