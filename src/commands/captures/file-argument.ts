import { HooksError } from '../../errors.ts';

/** `save` takes its file last, `export` first: an id there means that the order is wrong. Throws HooksError. */
export function rejectIdAsFile(file: string, example: string): void {
  if (!/^(?:last(?::\d+)?|(?:cap|evt|msg)_\w+)$/.test(file)) return;
  throw new HooksError('usage', {
    message: `the file to write is missing: "${file}" is an id`,
    detail: 'nothing was written',
    fix: `for example: scalekit-hooks ${example}`,
  });
}
