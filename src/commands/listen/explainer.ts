import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { Kept } from '../../captures/store.ts';
import type { SecretSetting } from '../../config/secrets.ts';
import type { ReceivedRequest, Reception } from '../../listener/receive.ts';
import type { Message } from '../../message.ts';
import type { Context } from '../context.ts';

/** A message to explain. */
export interface RejectedMessage {
  readonly request: ReceivedRequest;
  readonly reception: Reception;
  /** The id of its Capture, if it was stored. */
  readonly capture: string | undefined;
}

/** Beyond this queue length, rejected messages are only counted. */
const MAX_WAITING = 20;

/** How many verified messages are remembered, and the longest body of one, in bytes: comparing takes time. */
const MAX_REMEMBERED = 200;
const MAX_REMEMBERED_BYTES = 64 * 1024;

/** A verified message. If it was stored, it is read back when it is needed, so that its body is not held. */
interface Remembered extends Pick<Reception, 'webhookId' | 'eventId'> {
  readonly source: Kept | Message;
}

/** Explains rejected messages one at a time and in short steps, so that responses are not delayed. */
export class Explainer {
  readonly #secret: SecretSetting;
  readonly #findOther: () => SecretSetting | undefined;
  readonly #context: Context;
  readonly #waiting: { readonly message: RejectedMessage; readonly now: number }[] = [];
  /** The newest verified messages: a rejected one may be one of them, changed. */
  readonly #verified: Remembered[] = [];
  #work: Promise<void> | undefined;
  #skipped = 0;
  #isClosed = false;
  #hint: string | undefined;

  /**
   * `findOther` reads the secret of the other kind, webhook or interceptor. `hint` is printed once, after the first
   * explanation of a stored message.
   */
  constructor(
    secret: SecretSetting,
    context: Context,
    {
      findOther,
      hint,
    }: { readonly findOther: () => SecretSetting | undefined; readonly hint?: string | undefined },
  ) {
    this.#secret = secret;
    this.#findOther = findOther;
    this.#context = context;
    this.#hint = hint;
  }

  /** Remembers a verified message, to compare rejected ones with it. `kept` is undefined if it was not stored. */
  remember(
    { headers, body }: ReceivedRequest,
    { webhookId, eventId }: Reception,
    kept: Kept | undefined,
  ): void {
    if (body.length > MAX_REMEMBERED_BYTES) return;
    this.#verified.push({ webhookId, eventId, source: kept ?? { headers, body } });
    if (this.#verified.length > MAX_REMEMBERED) this.#verified.shift();
  }

  /** Call it after the rejection has been reported. */
  add(message: RejectedMessage): void {
    if (this.#waiting.length >= MAX_WAITING) {
      this.#skipped += 1;
      return;
    }
    this.#waiting.push({ message, now: this.#context.io.now() });
    this.#work ??= this.#explainAll();
  }

  /** Explains the waiting messages for at most `timeoutMs`, then reports how many are left. */
  async close(timeoutMs: number): Promise<void> {
    const timer = setTimeout(() => {
      this.#isClosed = true;
    }, timeoutMs);
    await this.#work;
    clearTimeout(timer);
    this.#skipped += this.#waiting.length;
    if (this.#skipped > 0)
      this.#context.report.note(
        `rejected messages without an explanation: ${this.#skipped}. Run scalekit-hooks verify with a capture id`,
      );
  }

  async #explainAll(): Promise<void> {
    for (;;) {
      // Let the listener send its response first.
      await yieldToEventLoop();
      const next = this.#isClosed ? undefined : this.#waiting.shift();
      if (!next) break;
      await this.#explain(next.message, next.now);
    }
    this.#work = undefined;
  }

  #printHint(): void {
    if (this.#hint === undefined) return;
    this.#context.report.hint(this.#hint);
    this.#hint = undefined;
  }

  /** The verified messages with the same webhook-id or event id, newest first. */
  async #about({ webhookId, eventId }: Reception): Promise<Message[]> {
    const same = this.#verified.filter(
      (verified) =>
        (webhookId !== undefined && verified.webhookId === webhookId) ||
        (eventId !== null && verified.eventId === eventId),
    );
    const messages = await Promise.all(same.map(({ source }) => messageOf(source)));
    return messages.filter((message) => message !== undefined).reverse();
  }

  async #explain({ request, reception, capture }: RejectedMessage, now: number): Promise<void> {
    // Loaded on demand: most listeners never reject a message.
    const [explaining, { efforts }, { explainedFact }, { asSentFromHere }] = await Promise.all([
      import('../../signature/explain/explain.ts'),
      import('../../signature/explain/search.ts'),
      import('../../report/facts/verdict.ts'),
      import('../sent-message.ts'),
    ]);
    const { secrets, source } = this.#secret;
    const steps = explaining.explainInSteps(request, secrets, now, { effort: efforts.brief });
    for (;;) {
      const step = steps.next();
      if (step.done) {
        const { webhookId } = reception;
        const kinds = { used: this.#secret, other: this.#findOther() };
        const explanation = explaining.isUnexplained(step.value)
          ? (explaining.withSigner(step.value, request, kinds) ??
            explaining.compareExplained(
              step.value,
              request,
              [...(await this.#about(reception)), ...asSentFromHere(request, this.#context)],
              secrets,
            ))
          : step.value;
        this.#context.report.print(explainedFact(explanation, { secrets, source, webhookId, capture }));
        if (capture !== undefined) this.#printHint();
        return;
      }
      await yieldToEventLoop();
      if (this.#isClosed) {
        this.#skipped += 1;
        return;
      }
    }
  }
}

/** Undefined if it was cleared, or if the store cannot be read now: an explanation can do without it. */
async function messageOf(source: Kept | Message): Promise<Message | undefined> {
  if (!('load' in source)) return source;
  return source.load().catch(() => undefined);
}
