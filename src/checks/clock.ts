import { headerValues } from '../message.ts';
import type { Exchange } from './workbench.ts';

/** Smaller differences than this come from the whole seconds of the Date header and from slow responses. */
export const MIN_CLOCK_SECONDS = 60;

/** How far the clock of the server is ahead, by the Date header of a response; undefined without a usable one. */
export function clockDifference({ outcome, message }: Exchange): number | undefined {
  if (!outcome.answered) return undefined;
  const served = Date.parse(headerValues(outcome.headers, 'date')[0] ?? '');
  const sent = Number(headerValues(message.headers, 'webhook-timestamp')[0]);
  return Number.isNaN(served) || Number.isNaN(sent) ? undefined : Math.round(served / 1000 - sent);
}
