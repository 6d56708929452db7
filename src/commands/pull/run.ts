import type { Filter } from '../../captures/filter.ts';
import { withStore } from '../../captures/open.ts';
import { quote } from '../../errors.ts';
import { dataShapes } from '../../events/shapes/shapes.ts';
import { matchesPattern, nearestNames } from '../../names.ts';
import { CaptureRecorder, openWriterOf } from '../../operations/recorder.ts';
import { duration } from '../../report/words/verdicts.ts';
import { EventLog } from '../../scalekit/client.ts';
import { EventSpool } from '../../scalekit/spool.ts';
import type { Context } from '../context.ts';
import { type Batch, dispatch, printMessages, whenAnswered } from '../dispatch.ts';
import { describeSecret, noteDelivery } from '../notes.ts';
import { exitIfBlocked, listenForStop } from '../stop.ts';
import { followLog } from './follow.ts';
import type { PullSettings } from './options.ts';
import { type PageReading, readPages } from './pages.ts';
import { parcelOf } from './parcel.ts';

/** A placeholder such as `x` is in every line, also in the names of JSON members. */
const SHORTEST_SECRET = 6;
/** Clocks that differ by less make no difference, in ms. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;
/** Two million events. */
const MAX_PAGES = 20_000;

/** Delivers, prints or saves logged events, and returns the exit code. Throws HooksError. */
export async function pull(settings: PullSettings, context: Context): Promise<number> {
  const { credentials, filter, includesInternal, follower } = settings;
  const { report } = context;
  if (credentials.clientSecret.length >= SHORTEST_SECRET) report.hide(credentials.clientSecret);
  const { host } = credentials.environment;
  report.note(
    `reading events from ${credentials.environment.origin} with the credentials from ${credentials.source}`,
  );
  const log = new EventLog(credentials);
  const reading: PageReading = {
    log,
    host,
    filter,
    includesInternal,
    isPatient: follower !== undefined,
    maxPages: MAX_PAGES,
    skipped: new Set(),
    context,
  };
  try {
    if (follower === undefined) return await pullOnce(reading, settings, context);
    const exitCode = await withRecorder(settings, context, (recorder) =>
      follow(reading, settings, recorder, context),
    );
    if (exitCode !== 0) await exitIfBlocked(context.io, exitCode);
    return exitCode;
  } finally {
    await log.close();
  }
}

async function pullOnce(reading: PageReading, settings: PullSettings, context: Context): Promise<number> {
  const { limit, save, isScrubbed } = settings;
  const { report } = context;
  const spool = new EventSpool();
  try {
    await report.startProgress();
    report.progress(0, 'reading the event log');
    const stoppedWith = await readOnce(reading, spool, limit, context);
    if (stoppedWith !== undefined) return stoppedWith;
    if (spool.count === 0) {
      noteNoMatch(reading.filter, context);
      noteClock(reading.log.servedAt, context);
      return 0;
    }
    if (save !== undefined) {
      const { saveEvents } = await import('./save.ts');
      return saveEvents(spool, { save, isScrubbed }, context);
    }
    return await withRecorder(settings, context, (recorder) =>
      deliverAll(spool, settings, recorder, context),
    );
  } finally {
    spool.close();
  }
}

/** Returns the exit code if a signal stopped it. */
async function readOnce(
  reading: PageReading,
  spool: EventSpool,
  limit: number | undefined,
  context: Context,
): Promise<number | undefined> {
  const { report } = context;
  const stop = listenForStop(context);
  try {
    const part = { limit, isWanted: () => true, stop: stop.asked };
    const next = await readPages(reading, spool, part);
    if (stop.exitCode !== undefined) {
      report.note('stopped while reading the event log. Nothing was delivered');
      return stop.exitCode;
    }
    if (next !== '')
      report.warn(
        `stopped after ${MAX_PAGES} pages, and the log has more. Use --before to pull older events`,
      );
    return undefined;
  } finally {
    stop.forget();
  }
}

/** A wrong clock or a mistyped name is the usual cause. */
function noteNoMatch({ patterns, since }: Filter, { report }: Context): void {
  report.note(
    Number.isFinite(since)
      ? `no events since ${new Date(since).toISOString()} match. An earlier --since reads more of the log`
      : 'no events match',
  );
  const types = Object.keys(dataShapes);
  for (const pattern of patterns) {
    if (types.some((type) => matchesPattern(type, pattern))) continue;
    const nearest = nearestNames(pattern, types);
    const advice = nearest.length > 0 ? `. Did you mean ${nearest.join(', ')}?` : '';
    report.note(`--type ${quote(pattern)} matches no documented event type${advice}`);
  }
}

/** An age such as 1h is counted from the time of this machine. */
function noteClock(servedAt: number | undefined, { io, report }: Context): void {
  const aheadMs = servedAt === undefined ? 0 : io.now() - servedAt;
  if (Math.abs(aheadMs) < CLOCK_TOLERANCE_MS) return;
  const minutes = Math.round(Math.abs(aheadMs) / 60_000);
  const distance = `${duration(minutes * 60)} ${aheadMs > 0 ? 'ahead of' : 'behind'}`;
  report.note(
    `the clock of this machine is ${distance} that of the API. --since 1h means an hour before the time of this machine`,
  );
}

/** Without --no-capture, each event is stored as a Capture with its Outcomes. */
async function withRecorder(
  { captures }: PullSettings,
  context: Context,
  work: (recorder: CaptureRecorder) => Promise<number>,
): Promise<number> {
  if (!captures) return work(new CaptureRecorder(undefined, context.report));
  return withStore(captures, async (store) => {
    const { writer } = await openWriterOf(store, { sync: false }, context);
    const recorder = new CaptureRecorder(writer, context.report);
    try {
      return await work(recorder);
    } finally {
      await recorder.close();
    }
  });
}

async function deliverAll(
  spool: EventSpool,
  settings: PullSettings,
  recorder: CaptureRecorder,
  context: Context,
): Promise<number> {
  noteTarget(settings, context);
  const batch: Batch = {
    command: 'pull',
    total: spool.count,
    reports: 'all',
    next() {
      const event = spool.takeOldest();
      return event && parcelOf(event, settings, recorder, context);
    },
  };
  if (!settings.isDry) return dispatch(batch, settings, context);
  await printMessages(batch, 'message', settings, context);
  return 0;
}

async function follow(
  reading: PageReading,
  settings: PullSettings,
  recorder: CaptureRecorder,
  context: Context,
): Promise<number> {
  noteTarget(settings, context);
  const { filter, limit, delivery } = settings;
  const key = { name: settings.follower!, environment: reading.host, target: delivery.target.url.href };
  const followed = followLog(reading, key, { since: filter.since, limit }, context);
  try {
    return await dispatch(
      {
        command: 'pull',
        total: undefined,
        reports: 'all',
        isEndless: true,
        async next(stop) {
          const event = await followed.next(stop);
          return (
            event &&
            whenAnswered(parcelOf(event, settings, recorder, context), () => followed.answered(event))
          );
        },
      },
      settings,
      context,
    );
  } finally {
    followed.close();
  }
}

function noteTarget({ delivery }: PullSettings, context: Context): void {
  noteDelivery(delivery, context);
  context.report.note(`target: ${delivery.target.url.href}, signed with ${describeSecret(delivery)}`);
}
