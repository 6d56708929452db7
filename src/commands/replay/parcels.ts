import type { Capture } from '../../captures/record.ts';
import { type CaptureRecorder, replayRecord } from '../../operations/recorder.ts';
import { replayed } from '../../operations/replayed-message.ts';
import type { Rejected } from '../../signature/verdict.ts';
import type { Context } from '../context.ts';
import type { Parcel } from '../dispatch.ts';
import type { ReplaySettings } from './options.ts';

/** `was` is the status or failure of the previous delivery. */
export type MakeParcel = (capture: Capture, was?: string) => Parcel;

/** Makes the parcels of one replay. The recorder stores their Outcomes; each note is printed once. */
export function parcelMaker(
  settings: ReplaySettings,
  recorder: CaptureRecorder | undefined,
  context: Context,
): MakeParcel {
  const { mode, edits, delivery, pick, follower } = settings;
  const form = { mode, edits, secrets: delivery.secret.secrets, headers: delivery.headers };
  const { href: url } = delivery.target.url;
  const noteOnce = onceNoter(context);
  return (capture, was) => {
    const { event, leftOut, messageAt } = replayed(capture, form);
    for (const { name, why } of leftOut) noteOnce(`omitted the header ${name} because ${why}`);
    if (pick.kind === 'ids' && !capture.verified && mode !== 'exact') {
      context.report.note(
        `${capture.id} was rejected when it was received (${capture.reason}). It is re-signed now`,
      );
    }
    return {
      event,
      messageAt,
      about: { capture: capture.id || undefined, was },
      onAttempt(attempted) {
        if (!recorder?.isRecording) return;
        const record = replayRecord(capture, attempted, { mode, url, time: context.io.now(), follower });
        // Not awaited: after a crash, the next replay may repeat a delivery, which every handler must tolerate.
        void recorder.keep(record);
      },
    };
  };
}

function onceNoter({ report }: Context): (text: string) => void {
  const noted = new Set<string>();
  return (text) => {
    if (!noted.has(text)) report.note(text);
    noted.add(text);
  };
}

/** The fix for a replayed message that does not verify. */
export function ownFix({ reason }: Rejected): string {
  return reason === 'too_old' ? 'omit --exact to re-sign the message' : 'omit --exact';
}
