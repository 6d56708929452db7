import { type RetryFlags, readRetry } from '../../cli/pace.ts';
import { parseDuration } from '../../cli/values.ts';
import { type AllowFlags, allowedTarget } from '../../config/target.ts';
import type { RetryPolicy } from '../../delivery/retry.ts';
import { WEBHOOK_TIMEOUT } from '../../delivery/schedules.ts';
import type { Route } from '../../delivery/target.ts';
import { HooksError } from '../../errors.ts';
import type { Io } from '../../io.ts';

/** The flags that say where a listener hands messages on to, and how. */
export interface ForwardFlags extends AllowFlags, RetryFlags {
  readonly forwardTo?: string;
  readonly route?: readonly string[];
  readonly forwardUnverified?: boolean;
  readonly timeout?: string;
}

export interface ForwardSetting {
  /** The first that an event's type fits says where it goes. */
  readonly routes: readonly Route[];
  readonly takesUnverified: boolean;
  /** For one delivery, in milliseconds. */
  readonly timeout: number;
  readonly insecure: boolean;
  /** Undefined for one attempt only. */
  readonly retry: RetryPolicy | undefined;
}

/** Reads the flags of forwarding; undefined when nothing is handed on. Throws HooksError. */
export function readForwarding(given: ForwardFlags, env: Io['env']): ForwardSetting | undefined {
  const routes = (given.route ?? []).map((text) => readRoute(text, env, given));
  if (given.forwardTo !== undefined) {
    routes.push({ pattern: '*', target: allowedTarget(given.forwardTo, '--forward-to', env, given) });
  }
  const retry = readRetry(given);
  if (routes.length > 0) {
    return {
      routes,
      retry,
      takesUnverified: given.forwardUnverified ?? false,
      timeout: given.timeout === undefined ? WEBHOOK_TIMEOUT : parseDuration('--timeout', given.timeout),
      insecure: given.insecure ?? false,
    };
  }
  const idle = [
    ['--forward-unverified', given.forwardUnverified],
    ['--retry', retry],
    ['--timeout', given.timeout],
    ['--insecure', given.insecure],
    ['--allow-host', given.allowHost],
  ].find(([, isGiven]) => isGiven);
  if (idle) {
    throw new HooksError('conflicting_flags', {
      first: String(idle[0]),
      second: 'no --forward-to',
      why: 'it says how messages are handed on, and they are not',
      example: 'listen --forward-to localhost:8080/webhook',
    });
  }
  return undefined;
}

/** `'user.*=http://localhost:8080/webhook'`. */
function readRoute(text: string, env: Io['env'], given: AllowFlags): Route {
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
