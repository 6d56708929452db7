import type { Undelivered } from '../../captures/outcomes.ts';
import type { SecretSetting } from '../../config/secrets.ts';
import { forwardedHeaders } from '../../delivery/carried-headers.ts';
import { isAccepted } from '../../delivery/outcome.ts';
import type { RetryPolicy } from '../../delivery/retry.ts';
import { type Attempted, deliverWithRetries } from '../../delivery/retry.ts';
import type { Route } from '../../delivery/target.ts';
import { credentialsOf, routeOf, type Target } from '../../delivery/target.ts';
import type { Delivery } from '../../delivery/transport/index.ts';
import { openPool } from '../../delivery/transport/pool.ts';
import type { ReceivedRequest, Reception } from '../../listener/receive.ts';
import { type Message, replaceHeaders } from '../../message.ts';
import { forwardedFact } from '../../report/facts/delivery.ts';
import { resign } from '../../signature/resign.ts';
import type { Context, Stop } from '../context.ts';
import { type CaptureRecorder, outcomeMembersOf } from '../recorder.ts';

/** A message that came in and is to be handed on. */
export interface Forwarding {
  readonly request: ReceivedRequest;
  readonly reception: Reception;
  readonly target: Target;
  /** The id of its Capture, if it was kept. */
  readonly capture: string | undefined;
  /** Whether its type is one to print. */
  readonly isPrinted: boolean;
}

interface ForwarderOptions extends Context {
  readonly setting: ForwardSetting;
  readonly secret: SecretSetting;
  readonly keeper: CaptureRecorder;
  readonly stop: Stop;
}

/** Hands messages on to the app, and tells and keeps what it did with them. */
export class Forwarder {
  readonly #options: ForwarderOptions;
  readonly #pools = new Map<string, Delivery>();
  /** Attempts that may follow, by webhook-id: one that comes again takes the place of those that were planned. */
  readonly #planned = new Map<string, AbortController>();
  readonly #running = new Set<Promise<unknown>>();
  /** By webhook-id, or that of the Capture. */
  readonly #untaken = new Map<string, Undelivered>();

  constructor(options: ForwarderOptions) {
    this.#options = options;
  }

  /** Where a message goes; undefined for one that the listener answers by itself. */
  targetOf({ verdict, eventType }: Reception): Target | undefined {
    const { routes, forwardsUnverified: takesUnverified } = this.#options.setting;
    return verdict.verified || takesUnverified ? routeOf(eventType, routes) : undefined;
  }

  /** Captures that the app did not take in the end; what was done with them since, others may know. */
  get untaken(): readonly Undelivered[] {
    return [...this.#untaken.values()];
  }

  /**
   * Delivers a message, and returns its first attempt as soon as what came of that is kept. Attempts that follow are
   * told by and by. The first is left to the caller to tell.
   */
  forward(handed: Forwarding): Promise<Attempted> {
    return new Promise((resolve, reject) => {
      const first = (attempted: Attempted) => this.#keep(handed, attempted).then(() => resolve(attempted));
      this.#run(this.#deliver(handed, first).catch(reject));
    });
  }

  /** Has `close` wait for it. */
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
        ownFix: () => 'the app is right to refuse it, then',
        ok: isAccepted(outcome),
        attempt,
        retryIn,
        capture,
      }),
    );
  }

  /** Waits for what is on its way, and cuts what the stop cuts. */
  async close(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
    const resent = [...this.#pools.values()].reduce((sum, pool) => sum + pool.resent, 0);
    if (resent > 0) {
      this.#options.report.note(
        `${resent} handed on a second time: the kept-alive connection had been closed`,
      );
    }
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()));
  }

  async #deliver(handed: Forwarding, first: (attempted: Attempted) => void): Promise<void> {
    const { io, setting, stop } = this.#options;
    const { verdict, webhookId } = handed.reception;
    // A forged message is no retry of the one whose id it has.
    const key = verdict.verified ? webhookId : undefined;
    if (key !== undefined) this.#planned.get(key)?.abort();
    const own = new AbortController();
    if (setting.retry && key !== undefined) this.#planned.set(key, own);
    const tell = (attempted: Attempted) => {
      if (attempted.attempt === 1) first(attempted);
      else this.#run(this.#keep(handed, attempted).then(() => this.report(handed, attempted)));
    };
    const outcome = await deliverWithRetries(this.#poolOf(handed.target), this.#messages(handed), tell, {
      retry: setting.retry,
      asked: setting.retry ? AbortSignal.any([stop.asked, own.signal]) : stop.asked,
      now: io.now,
    });
    this.#count(handed, isAccepted(outcome), own.signal.aborted);
    if (key !== undefined && this.#planned.get(key) === own) this.#planned.delete(key);
  }

  #count({ capture = '', reception, target }: Forwarding, isTaken: boolean, isSuperseded: boolean): void {
    const { verified } = reception.verdict;
    const webhookId = reception.webhookId ?? null;
    const key = (verified ? webhookId : null) ?? capture;
    const forwardTo = target.url.href;
    if (isTaken) this.#untaken.delete(key);
    else if (!isSuperseded) this.#untaken.set(key, { id: capture, verified, webhookId, forwardTo });
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
   * The message as it came, but for the headers of the connection. A further attempt is signed anew, as a real retry
   * is: with the old timestamp a right handler would refuse it after five minutes.
   */
  #messages({ request, reception, target }: Forwarding): () => Message {
    const { secret, io } = this.#options;
    const { verdict, webhookId: id } = reception;
    const message = {
      headers: replaceHeaders(forwardedHeaders(request.headers), credentialsOf(target)),
      body: request.body,
    };
    let made = 0;
    return () => {
      made += 1;
      if (made === 1 || !verdict.verified || id === undefined) return message;
      const signer = secret.secrets[verdict.secretIndex]!;
      return resign(message, { id, timestamp: Math.floor(io.now() / 1000) }, [signer]);
    };
  }

  async #keep({ capture, target, reception }: Forwarding, { outcome }: Attempted): Promise<void> {
    if (capture === undefined) return;
    const { keeper, io } = this.#options;
    await keeper.keep({
      kind: 'outcome',
      outcome: {
        capture,
        // A forged message is not the one whose id it has.
        webhookId: (reception.verdict.verified && reception.webhookId) || null,
        time: io.now(),
        via: 'forward',
        follower: null,
        url: target.url.href,
        ...outcomeMembersOf(outcome),
      },
    });
  }
}

/** How messages are forwarded. */
export interface ForwardSetting {
  /** The first route that matches the type of an event says where it goes. */
  readonly routes: readonly Route[];
  readonly forwardsUnverified: boolean;
  /** For one delivery, in milliseconds. */
  readonly timeout: number;
  readonly insecure: boolean;
  /** Undefined for a single attempt. */
  readonly retry: RetryPolicy | undefined;
}
