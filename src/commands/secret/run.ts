import { findSecrets } from '../../config/secrets.ts';
import type { Context } from '../context.ts';

/** Tells the secret that is in use, as `secret` alone does, or those that are given. Throws HooksError. */
export function tellSecret({ io, report }: Context, given: readonly string[] = []): number {
  const { secrets, source, notes } = findSecrets(io, given);
  for (const note of notes) report.note(note);
  report.note(`from ${source}`);
  for (const { text } of secrets) report.tell({ fact: 'secret', secret: text, source });
  return 0;
}
