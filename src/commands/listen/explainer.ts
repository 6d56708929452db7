import { setImmediate as turn } from 'node:timers/promises';
import type { SecretSetting } from '../../config/secrets.ts';
import type { ReceivedRequest, Reception } from '../../listener/receive.ts';
import type { Context } from '../context.ts';

/** A message that the listener refused. */
export interface RefusedMessage {
  readonly request: ReceivedRequest;
  readonly reception: Reception;
  /** The id of its Capture, if it was kept. */
  readonly capture: string | undefined;
}

/** Refused messages that wait to be explained; of more at once the rest is only counted. */
const MOST_WAITING = 20;

/** Explains what the listener refused, one after the other and in short steps: answers come first. */
export class Explainer {
  readonly #setting: SecretSetting;
  readonly #context: Context;
  readonly #waiting: { readonly refused: RefusedMessage; readonly now: number }[] = [];
  #work: Promise<void> | undefined;
  #skipped = 0;
  #isClosed = false;

  constructor(setting: SecretSetting, context: Context) {
    this.#setting = setting;
    this.#context = context;
  }

  /** To be called when a refusal has been told. */
  add(refused: RefusedMessage): void {
    if (this.#waiting.length >= MOST_WAITING) {
      this.#skipped += 1;
      return;
    }
    this.#waiting.push({ refused, now: this.#context.io.now() });
    this.#work ??= this.#explainAll();
  }

  /** Explains what is waiting, for at most `patience` milliseconds. */
  async close(patience: number): Promise<void> {
    const timer = setTimeout(() => {
      this.#isClosed = true;
    }, patience);
    await this.#work;
    clearTimeout(timer);
    this.#skipped += this.#waiting.length;
    if (this.#skipped > 0)
      this.#context.report.note(
        `${this.#skipped} refused messages were not explained; verify explains a capture`,
      );
  }

  async #explainAll(): Promise<void> {
    for (;;) {
      // The answer is on its way before the first step.
      await turn();
      const next = this.#isClosed ? undefined : this.#waiting.shift();
      if (!next) break;
      await this.#explain(next.refused, next.now);
    }
    this.#work = undefined;
  }

  async #explain({ request, reception, capture }: RefusedMessage, now: number): Promise<void> {
    // Loaded when it is first needed: most listeners refuse nothing.
    const [{ explainInSteps }, { efforts }, { explainedFact }] = await Promise.all([
      import('../../signature/explain/explain.ts'),
      import('../../signature/explain/search.ts'),
      import('../../report/facts/verdict.ts'),
    ]);
    const { secrets, source } = this.#setting;
    const steps = explainInSteps(request, secrets, now, { effort: efforts.brief });
    for (;;) {
      const step = steps.next();
      if (step.done) {
        const { webhookId } = reception;
        this.#context.report.print(explainedFact(step.value, { secrets, source, webhookId, capture }));
        return;
      }
      await turn();
      if (this.#isClosed) {
        this.#skipped += 1;
        return;
      }
    }
  }
}
