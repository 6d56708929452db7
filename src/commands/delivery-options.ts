import type { deliveryFlags } from '../cli/flag-sets.ts';
import type { Values } from '../cli/flags.ts';
import { allowedHeaders } from '../cli/headers.ts';
import { findSecrets, type SecretSearch } from '../config/secrets.ts';
import { findTarget } from '../config/target.ts';
import { WEBHOOK_TIMEOUT } from '../delivery/schedules.ts';
import { credentialsOf } from '../delivery/target.ts';
import type { Io } from '../io.ts';
import type { DeliverySetting } from '../operations/delivery-setting.ts';

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
