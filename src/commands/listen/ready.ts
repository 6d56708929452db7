import { maskedSecrets } from '../../config/secrets.ts';
import type { Listener } from '../../listener/server.ts';
import type { Report } from '../../report/index.ts';
import { duration } from '../../report/words/verdicts.ts';
import type { CapturesSetting, ListenSettings } from './options.ts';

/** Says what the listener does, and on which address, once it accepts requests. */
export function reportReady(
  { secret, host, path, unknownTypes, captures, forward }: ListenSettings,
  listener: Listener,
  report: Report,
): void {
  for (const note of [...secret.notes, ...unknownTypes]) report.note(note);
  if (listener.foreignAddresses.length > 0) {
    report.warn(`other machines can reach this listener at ${listener.foreignAddresses.join(', ')}`);
  }
  report.note(`verifying with ${maskedSecrets(secret)} from ${secret.source}`);
  if (captures) report.note(`storing captures in ${captures.place.name}${describeRetention(captures)}`);
  const routes = forward?.routes.map(({ pattern, target }) => ({ pattern, url: target.url.href })) ?? [];
  for (const { pattern, url } of routes) {
    const events = pattern === '*' ? 'events' : `${pattern} events`;
    report.note(`forwarding ${forward?.forwardsUnverified ? 'all' : 'verified'} ${events} to ${url}`);
  }
  if (forward?.insecure) report.note('--insecure: the TLS certificate of the target is not verified');
  for (const { target } of forward?.routes ?? []) for (const note of target.notes) report.note(note);
  report.print({
    kind: 'ready',
    url: listener.url + (path ?? ''),
    host,
    port: listener.port,
    path: path ?? null,
    secret_source: secret.source,
    captures: captures?.place.name ?? null,
    forward_to: routes,
  });
}

const WEEK_SECONDS = 7 * 86_400;

/** A folder keeps captures until they are cleared. */
function describeRetention({ place, retention }: CapturesSetting): string {
  if (!place.server) return '';
  if (retention?.kind === 'count') return `, the newest ${retention.count}`;
  return ` for ${duration(retention ? Math.round(retention.ms / 1000) : WEEK_SECONDS)}`;
}
