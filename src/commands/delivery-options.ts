import type { deliveryFlags } from '../cli/flag-sets.ts';
import type { Values } from '../cli/flags.ts';
import { allowedHeaders } from '../cli/headers.ts';
import { findSecrets, type SecretSearch, type SecretSetting } from '../config/secrets.ts';
import { findTarget } from '../config/target.ts';
import { WEBHOOK_TIMEOUT } from '../delivery/schedules.ts';
import { credentialsOf, type Target } from '../delivery/target.ts';
import type { Io } from '../io.ts';
import type { Headers } from '../message.ts';

/** Where messages go, and what all of them have in common. */
export interface DeliverySetting {
  readonly target: Target;
  readonly secret: SecretSetting;
  /** Added to each message; they replace headers of the same name. */
  readonly headers: Headers;
  /** Per delivery, in ms. */
  readonly timeout: number;
  readonly insecure: boolean;
}

/** Falls back to the environment for the target and the secret. Throws HooksError. */
export function readDelivery(
  given: Values<typeof deliveryFlags>,
  io: Pick<Io, 'env' | 'cwd'>,
  {
    usualTimeout = WEBHOOK_TIMEOUT,
    ...search
  }: Pick<SecretSearch, 'variable' | 'fallback'> & { readonly usualTimeout?: number } = {},
): DeliverySetting {
  const target = findTarget(io, given);
  return {
    target,
    headers: [...credentialsOf(target), ...allowedHeaders(given.header, given.force)],
    timeout: given.timeout ?? usualTimeout,
    insecure: given.insecure,
    secret: findSecrets(io, given.secret, search),
  };
}
