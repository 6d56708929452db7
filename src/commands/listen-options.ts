import { HooksError } from '../errors.ts';
import { matchesPattern, nearestNames } from '../events/catalogue.ts';
import { listFixtures } from '../events/fixtures.ts';
import type { Io } from '../io.ts';
import { type CapturesFlags, findCapturesFolder } from '../settings/captures.ts';
import { type DoubleFlags, readDouble } from '../settings/double.ts';
import { findFixturesFolder } from '../settings/environment.ts';
import { type ForwardFlags, readForwarding } from '../settings/forwarding.ts';
import { findSecrets } from '../settings/secrets.ts';
import { parseHost, parsePath, parsePort } from '../settings/values.ts';
import type { ListenOptions } from './listening.ts';

/** The flags of `listen` as they are given. */
export interface ListenFlags extends DoubleFlags, CapturesFlags, ForwardFlags {
  port?: string;
  host?: string;
  path?: string;
  type?: string[];
  secret?: string[];
  /** False with --no-capture. */
  capture?: boolean;
  sync?: boolean;
}

/** What the flags come to. Throws HooksError, and nothing is opened. */
export function readListenOptions(given: ListenFlags, io: Io): ListenOptions {
  const double = readDouble(given);
  const forward = readForwarding(given, io.env);
  if (forward && given.status !== undefined) {
    throw new HooksError('conflicting_flags', {
      first: '--status',
      second: '--forward-to',
      why: "with --forward-to the sender gets your app's answer",
      example: 'leave --status out',
    });
  }
  const awaited = double.expectations.map(({ pattern }) => pattern);
  const routed = (forward?.routes ?? []).map(({ pattern }) => pattern);
  return {
    port: parsePort(given.port ?? '3000'),
    host: given.host === undefined ? '127.0.0.1' : parseHost(given.host),
    path: given.path === undefined ? undefined : parsePath(given.path),
    double,
    forward,
    captures: readCaptures(given, io),
    unknownTypes: describeUnknown([...(given.type ?? []), ...awaited, ...routed], io),
    patterns: given.type ?? ['*'],
    // Last, since it may make a secret: nothing is made for a command line that is wrong.
    setting: findSecrets(io, given.secret ?? []),
  };
}

function readCaptures(given: ListenFlags, io: Io): ListenOptions['captures'] {
  const isKept = given.capture ?? true;
  const surplus = given.captures === undefined ? given.sync && '--sync' : '--captures';
  if (!isKept && surplus) {
    throw new HooksError('conflicting_flags', {
      first: '--no-capture',
      second: surplus,
      why: 'nothing is kept, so there is no place and no way to keep it',
      example: 'leave one of them out',
    });
  }
  return isKept ? { ...findCapturesFolder(io, given), sync: given.sync ?? false } : undefined;
}

/** What there is to say of types and patterns that mean no type that is known: they may be new, or mistyped. */
function describeUnknown(patterns: readonly string[], io: Io): string[] {
  const named = patterns.filter((pattern) => pattern !== '*');
  if (named.length === 0) return [];
  const known = listFixtures(io.root, findFixturesFolder(io, undefined)).map(({ name }) => name);
  return named
    .filter((pattern) => !known.some((name) => matchesPattern(name, pattern)))
    .map((pattern) => {
      if (pattern.includes('*')) return `no known event type matches ${pattern}`;
      const [nearest] = nearestNames(pattern, known);
      return `no known event type is called ${pattern}${nearest ? `; did you mean ${nearest}?` : ''}`;
    });
}
