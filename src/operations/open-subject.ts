import type { Subject } from '../checks/workbench.ts';
import { openDelivery } from '../delivery/transport/index.ts';
import { openPool } from '../delivery/transport/pool.ts';
import type { DeliverySetting } from './delivery-setting.ts';

/** A subject whose connections are closed at the end. */
export interface OpenSubject {
  readonly subject: Subject;
  close(): Promise<void>;
}

/**
 * The handler at a URL, as the subject of a run. `cut` cancels deliveries in flight; `app` is the app behind the URL, if
 * it was started for the run.
 */
export function openSubject(
  { target, timeout, insecure }: Pick<DeliverySetting, 'target' | 'timeout' | 'insecure'>,
  cut: AbortSignal,
  app?: Pick<Subject, 'watch' | 'restart'>,
): OpenSubject {
  const options = { timeout, insecure, stop: cut };
  const pool = openPool(target, options);
  const getDelivery = openDelivery(target, { ...options, method: 'GET' });
  let isSingle = false;
  return {
    subject: {
      ...(app?.watch && { watch: app.watch }),
      ...(app?.restart && { restart: app.restart }),
      deliver: (message, timeoutMs) => pool.deliver(message, timeoutMs && Math.min(timeout, timeoutMs)),
      get: async (message) => {
        if (isSingle) await pool.closeIdle();
        const outcome = await getDelivery.deliver(message);
        if (isSingle) await getDelivery.close();
        return outcome;
      },
      connect: () => {
        const delivery = openDelivery(target, options);
        return {
          deliver: async (message) => {
            if (isSingle) await pool.closeIdle();
            return delivery.deliver(message);
          },
          close: () => delivery.close(),
        };
      },
      useOneConnection: async () => {
        isSingle = true;
        pool.limit(1);
        await pool.closeIdle();
      },
    },
    close: async () => {
      await Promise.all([pool.close(), getDelivery.close()]);
    },
  };
}
