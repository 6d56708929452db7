import { findSecrets } from '../../config/secrets.ts';
import type { Context } from '../context.ts';

/** Prints the given secrets, or the one in use. Throws HooksError. */
export function printSecret(given: readonly string[], { io, report }: Context): number {
  const { secrets, source, notes } = findSecrets(io, given);
  for (const note of notes) report.note(note);
  report.note(`signing secret from ${source}`);
  for (const { text } of secrets) report.print({ kind: 'secret', secret: text, source });
  return 0;
}
