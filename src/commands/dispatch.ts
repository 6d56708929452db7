import { setFlagsFromString } from 'node:v8';
import { type Pace, runPaced } from '../delivery/burst.ts';
import type { Target } from '../delivery/target.ts';
import type { DeliveryOptions } from '../delivery/transport/connection.ts';
import { type Delivery, openDelivery } from '../delivery/transport/index.ts';
import { fromHeaderBytes, type Message, maskCredentials } from '../message.ts';
import { cut } from '../report/clean.ts';
import type { Report } from '../report/index.ts';
import type { Stop } from './context.ts';

/**
 * Does work that delivers, some of it at a time, each on a connection of its own, until all is done, `work` says
 * `done`, or somebody wants to stop.
 */
export async function runOnLanes(
  pace: Pace,
  { target, ...options }: DeliveryOptions & { readonly target: Target },
  { report, stop }: { readonly report: Report; readonly stop: Stop },
  work: (delivery: Delivery, index: number) => Promise<'done' | 'more'>,
): Promise<void> {
  // V8's optimising compiler would work on undici's WebAssembly parser until after a short command is done.
  setFlagsFromString('--liftoff-only');
  const lanes = Array.from({ length: Math.min(pace.concurrency, pace.total) }, () =>
    openDelivery(target, { ...options, stop: stop.cut }),
  );
  try {
    await runPaced(pace, stop.asked, (index, lane) => work(lanes[lane]!, index));
  } finally {
    stop.forget();
    await Promise.all(lanes.map((lane) => lane.close()));
  }
  const resent = lanes.reduce((sum, lane) => sum + lane.resent, 0);
  if (resent > 0) report.note(`${resent} sent a second time: the kept-alive connection had been closed`);
}

/** Characters of a body that are shown. */
const BODY_LENGTH = 4000;

/** Says a message as it goes out, credentials masked. */
export function noteMessage(message: Message, report: Report): void {
  for (const [name, value] of maskCredentials(message.headers)) {
    report.note(`> ${name}: ${fromHeaderBytes(value)}`);
  }
  report.note(`> ${cut(Buffer.from(message.body).toString(), BODY_LENGTH)}`);
}
