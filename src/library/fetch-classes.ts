import { HooksError } from '../errors.ts';

/** Throws HooksError if the environment hides the classes of the Fetch API, as those that imitate a browser do. */
export function needFetchClasses(): void {
  if (typeof Request !== 'function') throw new HooksError('no_fetch_classes', undefined);
}
