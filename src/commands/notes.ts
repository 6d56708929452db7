import type { Damage, FollowedBatch } from '../captures/store.ts';
import { maskedSecrets } from '../config/secrets.ts';
import { findFixturesFolder } from '../config/target.ts';
import { listFixtures } from '../events/catalog/fixtures.ts';
import type { Io } from '../io.ts';
import { matchesPattern, nearestTypes } from '../names.ts';
import type { DeliverySetting } from '../operations/delivery-setting.ts';
import type { Report } from '../report/index.ts';
import type { Context } from './context.ts';

/** Returns the exit code: 2 if files could not be read. */
export function noteDamage({ count, first, unread }: Damage, report: Report): 0 | 2 {
  const exitCode = noteUnread({ unread }, report);
  if (count === 0) return exitCode;
  report.warn(
    count === 1
      ? `skipped a damaged record at ${first}`
      : `skipped ${count} damaged records, one at ${first}`,
  );
  return exitCode;
}

/** Names files that could not be read, and returns the exit code: 2 if there are any. */
export function noteUnread({ unread }: Pick<Damage, 'unread'>, report: Report): 0 | 2 {
  for (const { path, reason } of unread) report.warn(`could not read ${path}: ${reason}`);
  return unread.length > 0 ? 2 : 0;
}

/** Reports what happened to the store while it was followed. */
export function noteBatch(
  { hasGap, link, reason, damaged = 0, unread = [] }: FollowedBatch,
  name: string,
  report: Report,
): void {
  if (link === 'lost') report.warn(`cannot reach ${name} (${reason}). Retrying until it can be reached`);
  noteUnread({ unread }, report);
  if (link === 'restored') report.note(`reconnected to ${name}, continuing after the last capture`);
  if (damaged > 0) report.warn(`skipped ${damaged} damaged record${damaged === 1 ? '' : 's'}`);
  if (hasGap) report.warn('captures were removed before this follower could read them');
}

/** Notes about types and patterns that match no known type: they may be new or mistyped. */
export function describeUnknownTypes(patterns: readonly string[], io: Io): string[] {
  const named = patterns.filter((pattern) => pattern !== '*');
  if (named.length === 0) return [];
  const known = listFixtures(io.root, findFixturesFolder(io, undefined)).map(({ name }) => name);
  return named
    .filter((pattern) => !known.some((name) => matchesPattern(name, pattern)))
    .map((pattern) => {
      if (pattern.includes('*')) return `no known event type matches ${pattern}`;
      const [nearest] = nearestTypes(pattern, known);
      return `unknown event type ${pattern}${nearest ? `. Did you mean ${nearest}?` : ''}`;
    });
}

/** Prints notes about the target and the secret, and hides the secret. `signs` is false if nothing is signed. */
export function noteDelivery(
  { target, secret, insecure }: DeliverySetting,
  { report }: Pick<Context, 'report'>,
  { signs = true } = {},
): void {
  for (const { text } of secret.secrets) report.hide(text);
  for (const note of [...target.notes, ...(signs ? secret.notes : [])]) report.note(note);
  if (insecure) report.note('--insecure: the TLS certificate of the target is not verified');
}

/** `whsec_ab… from .env`. */
export function describeSecret({ secret }: DeliverySetting): string {
  return `${maskedSecrets(secret)} from ${secret.source}`;
}
