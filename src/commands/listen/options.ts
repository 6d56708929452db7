import type { WriterOptions } from '../../captures/store.ts';
import { patternsOf, retryPolicyOf } from '../../cli/flag-sets.ts';
import { type CapturesPlace, findCapturesPlace } from '../../config/captures.ts';
import { findInterceptorSecrets, findSecrets, type SecretSetting } from '../../config/secrets.ts';
import { allowedTarget } from '../../config/target.ts';
import { WEBHOOK_TIMEOUT } from '../../delivery/schedules.ts';
import type { Route } from '../../delivery/target.ts';
import { HooksError } from '../../errors.ts';
import type { Io } from '../../io.ts';
import type { Expectation } from '../../listener/expectations.ts';
import { readAnySecret } from '../../signature/secret.ts';
import type { Context } from '../context.ts';
import type { InspectorSetting } from '../inspector.ts';
import { describeUnknownTypes } from '../notes.ts';
import type { ListenFlags } from './flags.ts';
import type { ForwardSetting } from './forwarder.ts';

/** Where captures are stored, and how. */
export interface CapturesSetting extends Pick<WriterOptions, 'sync' | 'retention'> {
  readonly place: CapturesPlace;
}

/** Valid settings: from here on, only opening the port or the captures folder can fail. */
export interface ListenSettings {
  readonly port: number;
  readonly host: string;
  readonly path: string | undefined;
  readonly secret: SecretSetting;
  /** The secret for interceptors, to explain a message with. It must not keep the listener from starting. */
  readonly findOther: () => SecretSetting | undefined;
  /** The statuses for verified messages, in turn; the last one repeats. */
  readonly statuses: readonly [number, ...number[]];
  /** Before each response, in ms. */
  readonly delay: number;
  readonly acceptsUnverified: boolean;
  readonly expectations: readonly Expectation[];
  /** Time limit for the expectations, in ms. */
  readonly within: number;
  /** Undefined if nothing is forwarded. */
  readonly forward: ForwardSetting | undefined;
  /** Undefined with --no-capture. */
  readonly captures: CapturesSetting | undefined;
  /** Undefined without --ui. */
  readonly ui: InspectorSetting | undefined;
  /** Event types to print; all messages are verified and stored. */
  readonly patterns: readonly string[];
  /** Notes about types that have no fixture: they may be new or mistyped. */
  readonly unknownTypes: readonly string[];
}

/** Opens nothing. Throws HooksError. */
export async function readListenSettings(given: ListenFlags, context: Context): Promise<ListenSettings> {
  const { io } = context;
  const patterns = patternsOf(given.type);
  const forward = readForwarding(given, io.env);
  const expected = given.expect.map(({ pattern }) => pattern);
  const routed = (forward?.routes ?? []).map(({ pattern }) => pattern);
  return {
    port: given.port,
    host: given.host,
    path: given.path,
    statuses: given.status,
    delay: given.delay,
    acceptsUnverified: given.acceptUnverified,
    expectations: given.expect,
    within: given.within,
    forward,
    ui: given.ui ? (await import('../inspector.ts')).readInspectorSetting(given, context) : undefined,
    captures: given.noCapture ? undefined : readCaptures(given, io),
    unknownTypes: describeUnknownTypes([...patterns, ...expected, ...routed], io),
    patterns,
    findOther: () => (given.secret.length > 0 ? undefined : findOtherSecrets(io)),
    // Last, because it may generate a secret, which an invalid command line must not.
    secret: findSecrets(io, given.secret),
  };
}

/** Undefined if there is none, or none that can be read. */
function findOtherSecrets(io: Io): SecretSetting | undefined {
  try {
    return findInterceptorSecrets(io, readAnySecret);
  } catch (error) {
    if (error instanceof HooksError) return undefined;
    throw error;
  }
}

function readCaptures(given: ListenFlags, io: Io): CapturesSetting {
  const { sync, retention } = given;
  const place = findCapturesPlace(io, given);
  if (!place.server && retention !== undefined) {
    throw new HooksError('conflicting_flags', {
      first: '--retention',
      second: `the folder ${place.name}`,
      detail: 'only a Redis store removes old captures automatically',
      example:
        'omit --retention. To remove old captures from a folder, run scalekit-hooks captures clear --before 7d --yes',
    });
  }
  return { place, sync, retention };
}

/** Undefined if nothing is forwarded. */
function readForwarding(given: ListenFlags, env: Io['env']): ForwardSetting | undefined {
  const routes = given.route.map((text) => readRoute(text, env, given));
  if (given.forwardTo !== undefined) {
    routes.push({ pattern: '*', target: allowedTarget(given.forwardTo, '--forward-to', env, given) });
  }
  if (routes.length === 0) return undefined;
  return {
    routes,
    retry: retryPolicyOf(given),
    forwardsUnverified: given.forwardUnverified,
    timeout: given.timeout ?? WEBHOOK_TIMEOUT,
    insecure: given.insecure,
  };
}

/** Parses `user.*=http://localhost:8080/webhook`. */
function readRoute(text: string, env: Io['env'], given: ListenFlags): Route {
  const [, pattern, target] = /^\s*([^=\s]+)=(.+)$/.exec(text) ?? [];
  if (pattern !== undefined && target !== undefined) {
    return { pattern, target: allowedTarget(target, '--route', env, given) };
  }
  throw new HooksError('invalid_value', {
    flag: '--route',
    value: text,
    expected: 'a type or pattern, then = and a target',
    example: "--route 'user.*=localhost:8080/users'",
  });
}
