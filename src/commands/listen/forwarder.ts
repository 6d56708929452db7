import type { Undelivered } from '../../captures/outcomes.ts';
import type { SecretSetting } from '../../config/secrets.ts';
import { forwardedHeaders } from '../../delivery/forwarded-headers.ts';
import { isAccepted } from '../../delivery/outcome.ts';
import {
  type Attempted,
  deliverWithRetries,
  type MakeMessage,
  type RetryPolicy,
} from '../../delivery/retry.ts';
import { credentialsOf, type Route, routeOf, type Target } from '../../delivery/target.ts';
import type { Delivery } from '../../delivery/transport/index.ts';
import { openPool } from '../../delivery/transport/pool.ts';
import { randomText } from '../../events/random.ts';
import type { Reception } from '../../listener/receive.ts';
import { type Message, replaceHeaders } from '../../message.ts';
import { type CaptureRecorder, outcomeRecord } from '../../operations/recorder.ts';
import { forwardedFact } from '../../report/facts/delivery.ts';
import { resign } from '../../signature/resign.ts';
import type { Context } from '../context.ts';
import type { Stop } from '../stop.ts';
import type { ForwardedBody } from './forwarded-body.ts';

/** A message on its way to the app. */
export interface Forwarding {
  readonly reception: Reception;
  readonly target: Target;
  /** The id of its Capture, if it was stored. */
  readonly capture: string | undefined;
  /** Whether --type selects it for printing. */
  readonly isPrinted: boolean;
}

interface ForwarderOptions extends Context {
  readonly setting: ForwardSetting;
  readonly secret: SecretSetting;
  readonly recorder: CaptureRecorder;
  readonly stop: Stop;
}

/** Whoever waits for the first attempt; empty once it has been made. */
interface Waiter {
  resolve: ((attempted: Attempted) => void) | undefined;
  reject: ((error: unknown) => void) | undefined;
}

/** Forwards messages to the app, and reports and stores the Outcomes. */
export class Forwarder {
  /** Names this listener in what it forwards, so that it recognizes its own messages (RFC 9110, section 7.6.3). */
  readonly via = `1.1 scalekit-hooks-${randomText(8, '0123456789abcdef')}`;
  readonly #options: ForwarderOptions;
  readonly #pools = new Map<string, Delivery>();
  /** Planned retries by webhook-id. When the sender retries a message, its planned retries are canceled. */
  readonly #planned = new Map<string, AbortController>();
  /** Of every message that may be retried. */
  readonly #waiting = new Set<AbortController>();
  readonly #running = new Set<Promise<unknown>>();
  /** By webhook-id, or by capture id if unverified. */
  readonly #undelivered = new Map<string, Undelivered>();

  constructor(options: ForwarderOptions) {
    this.#options = options;
    // One listener for all: a combined signal for each message takes ten times the memory of the message.
    options.stop.asked.addEventListener('abort', () => {
      for (const retries of this.#waiting) retries.abort();
    });
  }

  /** Undefined if the message is not forwarded and the listener answers it. */
  targetOf({ verdict, eventType }: Reception): Target | undefined {
    const { routes, forwardsUnverified } = this.#options.setting;
    return verdict.verified || forwardsUnverified ? routeOf(eventType, routes) : undefined;
  }

  /** Captures that the app did not accept, even after retries. A replay may have delivered some of them since. */
  get undelivered(): readonly Undelivered[] {
    return [...this.#undelivered.values()];
  }

  /**
   * Delivers a message and resolves with the first attempt once its Outcome is stored. The caller reports that attempt.
   * Retries continue in the background and are reported here.
   */
  forward(forwarding: Forwarding, body: ForwardedBody): Promise<Attempted> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { resolve, reject };
      this.#run(this.#deliver(forwarding, body, waiter).catch((error) => waiter.reject?.(error)));
    });
  }

  /** Nothing may hold the first attempt, and with it the body, while the message waits for a retry. */
  #settle(waiter: Waiter, forwarding: Forwarding, attempted: Attempted): void {
    const { resolve } = waiter;
    waiter.resolve = undefined;
    waiter.reject = undefined;
    void this.#keep(forwarding, attempted).then(() => resolve?.(attempted));
  }

  /** Makes `close` wait for the work. */
  #run(work: Promise<void>): void {
    const running = work.finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  report(
    { reception, target, capture, isPrinted }: Forwarding,
    { message, outcome, attempt, retryIn }: Attempted,
  ): void {
    if (!isPrinted) return;
    const { report, setting, secret, io } = this.#options;
    report.print(
      forwardedFact({
        mask: report.mask,
        event: { type: reception.eventType, id: reception.eventId },
        message,
        target,
        timeout: setting.timeout,
        outcome,
        secret,
        now: io.now(),
        ownFix: () => 'none needed: the app rejected it correctly',
        ok: isAccepted(outcome),
        attempt,
        retryIn,
        capture,
      }),
    );
  }

  /** Waits for deliveries in flight, until the stop cancels them. */
  async close(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
    const resent = [...this.#pools.values()].reduce((sum, pool) => sum + pool.resent, 0);
    if (resent > 0) {
      this.#options.report.note(
        `messages forwarded again because the app had closed the keep-alive connection: ${resent}`,
      );
    }
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()));
  }

  async #deliver(forwarding: Forwarding, body: ForwardedBody, waiter: Waiter): Promise<void> {
    const { io, setting, stop } = this.#options;
    const { verdict, webhookId } = forwarding.reception;
    // A forged message may copy the id of a real one. It is not a retry of that message.
    const key = verdict.verified ? webhookId : undefined;
    // Only for a message that may wait: each has a hidden class, which V8 frees late.
    const retries = setting.retry && new AbortController();
    if (retries) this.#waiting.add(retries);
    if (retries && key !== undefined) {
      this.#planned.get(key)?.abort();
      this.#planned.set(key, retries);
    }
    const onAttempt = (attempted: Attempted) => {
      if (attempted.attempt === 1) this.#settle(waiter, forwarding, attempted);
      else this.#run(this.#keep(forwarding, attempted).then(() => this.report(forwarding, attempted)));
    };
    const outcome = await deliverWithRetries(
      this.#poolOf(forwarding.target),
      this.#messages(forwarding, body),
      onAttempt,
      {
        retry: setting.retry,
        asked: retries?.signal ?? stop.asked,
        now: io.now,
      },
    ).catch((error) => this.#endRetries(error, waiter));
    const isSuperseded = retries?.signal.aborted === true && !stop.asked.aborted;
    this.#count(forwarding, outcome !== undefined && isAccepted(outcome), isSuperseded);
    if (!retries) return;
    this.#waiting.delete(retries);
    if (key !== undefined && this.#planned.get(key) === retries) this.#planned.delete(key);
  }

  /** The message could not be read back, such as from a server that is down. Before the first attempt, it is not read. */
  #endRetries(error: unknown, { reject }: Waiter): undefined {
    if (reject) throw error;
    this.#options.report.warn(`cannot read a capture to retry it: ${(error as Error).message}`);
  }

  #count({ capture = '', reception, target }: Forwarding, wasAccepted: boolean, isSuperseded: boolean): void {
    const { verified } = reception.verdict;
    const webhookId = reception.webhookId ?? null;
    const key = (verified ? webhookId : null) ?? capture;
    const forwardTo = target.url.href;
    if (wasAccepted) this.#undelivered.delete(key);
    else if (!isSuperseded) this.#undelivered.set(key, { id: capture, verified, webhookId, forwardTo });
  }

  #poolOf(target: Target): Delivery {
    const { setting, stop } = this.#options;
    const known = this.#pools.get(target.url.href);
    if (known) return known;
    const pool = openPool(target, { ...setting, stop: stop.cut });
    this.#pools.set(target.url.href, pool);
    return pool;
  }

  /**
   * The received message without its connection headers. Retries are re-signed, as Scalekit's are: a correct handler
   * rejects the original timestamp after five minutes.
   */
  #messages({ reception, target }: Forwarding, body: ForwardedBody): MakeMessage {
    const { secret, io } = this.#options;
    const { verdict, webhookId: id } = reception;
    const messageOf = (bytes: Uint8Array): Message => ({
      headers: [...replaceHeaders(forwardedHeaders(body.headers), credentialsOf(target)), ['via', this.via]],
      body: bytes,
    });
    const again = async () => {
      const bytes = await body.read();
      if (!bytes || !verdict.verified || id === undefined) return bytes && messageOf(bytes);
      const signer = secret.secrets[verdict.secretIndex]!;
      return resign(messageOf(bytes), { id, timestamp: Math.floor(io.now() / 1000) }, [signer]);
    };
    let isFirst = true;
    return () => {
      const bytes = isFirst ? body.take() : undefined;
      isFirst = false;
      return bytes ? messageOf(bytes) : again();
    };
  }

  async #keep({ capture, target, reception }: Forwarding, { outcome }: Attempted): Promise<void> {
    if (capture === undefined) return;
    const { recorder, io } = this.#options;
    const webhookId = (reception.verdict.verified && reception.webhookId) || null;
    const delivery = { capture, webhookId, url: target.url.href, time: io.now() };
    await recorder.keep(outcomeRecord({ ...delivery, via: 'forward', follower: null }, outcome));
  }
}

/** What is forwarded, where to, and how. */
export interface ForwardSetting {
  /** The first route that matches the event type is used. */
  readonly routes: readonly Route[];
  readonly forwardsUnverified: boolean;
  /** Per delivery, in ms. */
  readonly timeout: number;
  readonly insecure: boolean;
  /** Undefined for a single attempt. */
  readonly retry: RetryPolicy | undefined;
}
