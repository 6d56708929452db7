import { join } from 'node:path';
import { beforeEach } from 'vitest';
import { openJournal } from '../../src/captures/journal/writer.ts';
import type { Capture } from '../../src/captures/record.ts';
import { kept, keptOutcome, rejected, someCapture, someOutcome } from './captures.ts';
import { secretInEnv } from './listener.ts';
import { runCommand, type World } from './memory-io.ts';
import { type HttpTarget, httpTarget } from './targets.ts';
import { temporaryFolder } from './temporary.ts';

/** When `replay` runs, a hundred seconds after the captures were received. */
export const now = () => 1795360100000;

/** The body of an event that no JSON library would write like this. */
export const eventOf = (type: string, id: string, more = '{}') =>
  Buffer.from(`{"type":"${type}", "id":"${id}",\n "data":${more}}`);

/** What is new for each test. */
interface ReplaySetup {
  cwd: string;
  /** Of the captures. */
  folder: string;
  /** In the order of arrival: one that was accepted, one that failed, one without an outcome, and a rejected one. */
  captures: readonly Capture[];
  /** Where the first three were forwarded to. */
  app: HttpTarget;
}

/** Makes a folder of captures and an app before each test. */
export function useReplaySetup() {
  const setup = {} as ReplaySetup;
  beforeEach(async () => {
    Object.assign(setup, await newSetup());
  });
  return Object.assign(setup, {
    /** Runs `replay` with the app as its target. */
    replay: (args: string[], world: World = {}) =>
      runCommand(['replay', ...args, '--to', setup.app.url], {
        env: secretInEnv,
        cwd: setup.cwd,
        now,
        ...world,
      }),
    /** The ids of the events that the app got. */
    sent: () => setup.app.requests.map(({ body }) => JSON.parse(String(body)).id),
  });
}

async function newSetup(): Promise<ReplaySetup> {
  const cwd = temporaryFolder();
  const folder = join(cwd, '.scalekit-hooks/captures');
  const app = await httpTarget();
  const captureOf = (type: string, id: string, changes: Partial<Capture>) =>
    someCapture({
      eventType: type,
      eventId: id,
      body: eventOf(type, id, '{"n":1.0,"name":"a"}'),
      ...changes,
    });
  const forwarded = { forwardTo: app.url, status: null };
  const accepted = captureOf('user.created', 'evt_a', forwarded);
  const failed = captureOf('user.updated', 'evt_b', forwarded);
  const unanswered = captureOf('session.created', 'evt_c', forwarded);
  const forged = captureOf('user.created', 'evt_d', rejected);
  const { journal } = openJournal(folder, { sync: false, now: () => 1795360000000 });
  await journal.keep(kept(accepted));
  await journal.keep(keptOutcome(someOutcome(accepted)));
  await journal.keep(kept(failed));
  await journal.keep(keptOutcome(someOutcome(failed, { status: 500 })));
  await journal.keep(kept(unanswered));
  await journal.keep(kept(forged));
  await journal.close();
  return { cwd, folder, captures: [accepted, failed, unanswered, forged], app };
}
