import type { Capture } from '../../captures/record.ts';
import type { Context } from '../context.ts';
import { describeSecret, noteDamage, noteDelivery } from '../notes.ts';
import type { ReplaySettings } from './options.ts';
import type { Picked, Skipped } from './selection.ts';

/** What will be sent where; `first` is the first capture. */
export function noteReplay(settings: ReplaySettings, { forwardTo }: Capture, context: Context): void {
  const { mode, delivery } = settings;
  const { target } = delivery;
  const { report } = context;
  noteTarget(settings, context);
  if (target.isUsual && forwardTo !== null && forwardTo !== target.url.href) {
    report.note(
      `the captures were forwarded to ${forwardTo} before. Use --to ${forwardTo} to send them there again`,
    );
  }
  if (mode === 'exact') {
    report.note('--exact: a handler must reject messages that were signed more than 5 minutes ago');
  }
}

/** Prints the target, and how the messages are made. */
export function noteTarget({ mode, delivery, edits }: ReplaySettings, context: Context): void {
  const { target } = delivery;
  noteDelivery(delivery, context, { signs: mode !== 'exact' });
  const signed = `re-signed with ${describeSecret(delivery)}`;
  const how = {
    resigned: `${signed}, keeping the original webhook-id, as a real retry does`,
    new: `${signed}, each with a new webhook-id and event id`,
    exact: 'with the original bytes and headers',
  };
  context.report.note(`target: ${target.url.href}, ${edits.length > 0 ? 'edited, ' : ''}${how[mode]}`);
}

/** Prints what was skipped, and returns the exit code for what was not read. */
export function notePicked({ skipped, damage }: Picked, context: Context): 0 | 2 {
  noteSkipped(skipped, context);
  return noteDamage(damage, context.report);
}

/** Prints how many captures were not sent, and why. */
export function noteSkipped({ rejected, untrusted }: Skipped, { report }: Context): void {
  if (rejected > 0) {
    report.note(
      `skipped ${rejected} rejected capture${rejected === 1 ? '' : 's'}. To replay one, pass its id and --trust`,
    );
  }
  if (untrusted > 0) {
    report.warn(
      `skipped ${untrusted} capture${untrusted === 1 ? '' : 's'} that ${untrusted === 1 ? 'does' : 'do'} not verify with your secret. Re-signed, a forged one would look real. If you trust them, use --trust`,
    );
  }
}
