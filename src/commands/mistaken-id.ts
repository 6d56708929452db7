import { HooksError } from '../errors.ts';

// Loaded only after no capture had an id.

/** A better error for an id that is a file or an event type; else the same error. `command` is the one that took it. */
export function mistakenId(error: unknown, ids: readonly string[], command: string): unknown {
  if (!(error instanceof HooksError) || error.code !== 'unknown_capture') return error;
  const file = ids.find((id) => /[\\/]|\.jsonl?$/.test(id));
  if (file !== undefined && command === 'replay')
    return new HooksError('usage', {
      message: `"${file}" is a file, not the id of a capture`,
      detail: 'a file with captures is read with --from; an event file is sent with send',
      fix: `use --from ${file}, or run scalekit-hooks send ${/[\\/]/.test(file) ? file : `./${file}`}`,
    });
  const type = ids.find((id) => /^[a-z_]+(?:\.[a-z_*]+)+$/.test(id));
  if (type === undefined) return error;
  return new HooksError('usage', {
    message: `"${type}" is an event type, not the id of a capture`,
    detail: 'no id of a capture starts with it',
    fix: `run scalekit-hooks ${command} --type '${type}'`,
  });
}
