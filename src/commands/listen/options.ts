import { patternsOf, retryPolicyOf } from '../../cli/flag-sets.ts';
import { findCapturesFolder } from '../../config/captures.ts';
import { findSecrets } from '../../config/secrets.ts';
import { allowedTarget } from '../../config/target.ts';
import { WEBHOOK_TIMEOUT } from '../../delivery/schedules.ts';
import type { Route } from '../../delivery/target.ts';
import { HooksError } from '../../errors.ts';
import type { Io } from '../../io.ts';
import { describeUnknownTypes } from '../notes.ts';
import type { ListenFlags } from './flags.ts';
import type { ForwardSetting } from './forwarder.ts';
import type { ListenSettings } from './inbox.ts';

/** What the flags ask for. Throws HooksError, and nothing is opened. */
export function readListenSettings(given: ListenFlags, io: Io): ListenSettings {
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
    captures: given.noCapture ? undefined : { ...findCapturesFolder(io, given), sync: given.sync },
    unknownTypes: describeUnknownTypes([...patterns, ...expected, ...routed], io),
    patterns,
    // Last, since it may make a secret: nothing is made for a command line that is wrong.
    setting: findSecrets(io, given.secret),
  };
}

/** How to forward; undefined when nothing is forwarded. Throws HooksError. */
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

/** `'user.*=http://localhost:8080/webhook'`. */
function readRoute(text: string, env: Io['env'], given: ListenFlags): Route {
  const [, pattern, target] = /^\s*([^=\s]+)=(.+)$/.exec(text) ?? [];
  if (pattern !== undefined && target !== undefined) {
    return { pattern, target: allowedTarget(target, '--route', env, given) };
  }
  throw new HooksError('invalid_value', {
    flag: '--route',
    value: text,
    expected: 'a type or pattern, = and a target',
    example: "--route 'user.*=localhost:8080/users'",
  });
}
