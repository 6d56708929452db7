import { type DoubleFlags, readDouble } from '../../cli/stand-in.ts';
import { parseHost, parsePath, parsePort, readPatterns } from '../../cli/values.ts';
import { type CapturesFlags, findCapturesFolder } from '../../config/captures.ts';
import { findSecrets } from '../../config/secrets.ts';
import { HooksError } from '../../errors.ts';
import type { Io } from '../../io.ts';
import { describeUnknownTypes } from '../notes.ts';
import { type ForwardFlags, readForwarding } from './forward-options.ts';
import type { ListenSettings } from './inbox.ts';

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
export function readListenOptions(given: ListenFlags, io: Io): ListenSettings {
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
  const patterns = readPatterns(given.type);
  const routed = (forward?.routes ?? []).map(({ pattern }) => pattern);
  return {
    port: parsePort(given.port ?? '3000'),
    host: given.host === undefined ? '127.0.0.1' : parseHost(given.host),
    path: given.path === undefined ? undefined : parsePath(given.path),
    double,
    forward,
    captures: readCaptures(given, io),
    unknownTypes: describeUnknownTypes([...patterns, ...awaited, ...routed], io),
    patterns,
    // Last, since it may make a secret: nothing is made for a command line that is wrong.
    setting: findSecrets(io, given.secret ?? []),
  };
}

function readCaptures(given: ListenFlags, io: Io): ListenSettings['captures'] {
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
