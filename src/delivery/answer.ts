import { ANSWER_LIMIT, type Answered } from './outcome.ts';

/** Collects an answer up to ANSWER_LIMIT. */
export class AnswerReader {
  #status = 0;
  #headers: Answered['headers'] = [];
  #chunks: Buffer[] = [];
  #size = 0;

  get hasStarted(): boolean {
    return this.#status !== 0;
  }

  start(status: number, headers: Record<string, string | string[] | undefined>): void {
    this.#status = status;
    this.#headers = Object.entries(headers).flatMap(([name, value]) =>
      [value ?? []].flat().map((single) => [name, single] as const),
    );
  }

  /** Returns whether there is more now than will be kept. */
  add(chunk: Buffer): boolean {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    return this.#size > ANSWER_LIMIT;
  }

  /** `brokenOff` says why the end did not come. */
  outcome(milliseconds: number, brokenOff?: Answered['brokenOff']): Answered {
    return {
      answered: true,
      status: this.#status,
      headers: this.#headers,
      body: Buffer.concat(this.#chunks).subarray(0, ANSWER_LIMIT),
      isCut: this.#size > ANSWER_LIMIT,
      ...(brokenOff && { brokenOff }),
      milliseconds,
    };
  }
}
