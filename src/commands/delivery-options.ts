import { readHeaders } from '../cli/headers.ts';
import { parseDuration } from '../cli/values.ts';
import { findSecrets, type SecretSearch, type SecretSetting } from '../config/secrets.ts';
import { findTarget, type TargetFlags } from '../config/target.ts';
import { WEBHOOK_TIMEOUT } from '../delivery/schedules.ts';
import { credentialsOf, type Target } from '../delivery/target.ts';
import type { Io } from '../io.ts';
import type { Headers } from '../message.ts';

/** The flags of every command that delivers. */
export interface DeliveryFlags extends TargetFlags {
  readonly secret?: readonly string[];
  readonly header?: readonly string[];
  readonly timeout?: string;
  readonly force?: boolean;
}

/** Where to deliver to and how. */
export interface DeliverySetting {
  readonly target: Target;
  readonly secret: SecretSetting;
  /** To be added to each message, or to take the place of its own. */
  readonly headers: Headers;
  /** For one delivery, in milliseconds. */
  readonly timeout: number;
  readonly insecure: boolean;
}

/** Reads the flags of delivery. Throws HooksError. */
export function readDelivery(
  given: DeliveryFlags,
  io: Pick<Io, 'env' | 'cwd'>,
  {
    usualTimeout = WEBHOOK_TIMEOUT,
    ...search
  }: Pick<SecretSearch, 'variable' | 'fallback'> & { readonly usualTimeout?: number } = {},
): DeliverySetting {
  const target = findTarget(io, given);
  return {
    target,
    headers: [...credentialsOf(target), ...readHeaders(given.header ?? [], given.force ?? false)],
    timeout: given.timeout === undefined ? usualTimeout : parseDuration('--timeout', given.timeout),
    insecure: given.insecure ?? false,
    secret: findSecrets(io, given.secret ?? [], search),
  };
}
