import type { Capture } from '../captures/record.ts';
import { HooksError } from '../errors.ts';
import { maskedSecrets } from '../settings/secrets.ts';
import type { Context } from './context.ts';
import { sayDamage } from './damage.ts';
import type { Picked } from './picking.ts';
import type { ReplayOptions } from './replaying.ts';

/** Says where to and how. */
export function sayHow(
  { mode, delivery, edits }: ReplayOptions,
  { forwardTo }: Capture,
  { report }: Context,
): void {
  const { target, secret, insecure } = delivery;
  for (const note of [...target.notes, ...(mode === 'exact' ? [] : secret.notes)]) report.note(note);
  if (insecure) report.note('--insecure: the certificate of the target is not checked');
  const signed = `signed now with ${maskedSecrets(secret)} from ${secret.source}`;
  const how = {
    resigned: `${signed}, each with its own webhook-id, as a real retry`,
    new: `${signed}, each with a new webhook-id and event id`,
    exact: 'with the old bytes and headers',
  };
  report.note(`to ${target.url.href}, ${edits.length > 0 ? 'edited, ' : ''}${how[mode]}`);
  if (target.isUsual && forwardTo !== null && forwardTo !== target.url.href) {
    report.note(`they had been handed on to ${forwardTo}; --to ${forwardTo} sends them there`);
  }
  if (mode === 'exact') {
    report.note('--exact: a right handler must refuse what was signed more than five minutes ago');
  }
}

/** Says that there is nothing to replay, and returns the exit code. Throws HooksError where something was meant. */
export function sayNothingFits({ pick, folder }: ReplayOptions, picked: Picked, context: Context): number {
  if (pick.kind !== 'failed') {
    const isFile = pick.kind === 'file';
    const { refused, damage } = picked;
    const place = isFile ? pick.path : folder.name;
    throw new HooksError('nothing_fits', { place, isFile, refused, damaged: damage.count });
  }
  context.report.note('nothing to replay: of what was handed on, nothing failed');
  sayWhatWasLeftOut(picked, context);
  return 0;
}

/** Says what was not replayed, and why. */
export function sayWhatWasLeftOut(picked: Picked, { report }: Context): void {
  if (picked.refused > 0) {
    report.note(
      `${picked.refused} left out that had been refused when they came; an id replays one of those`,
    );
  }
  sayDamage(picked.damage, report);
}
