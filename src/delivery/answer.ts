import type { Headers } from '../message.ts';
import { ANSWER_LIMIT, type Answered } from './outcome.ts';

/** Collects an answer up to ANSWER_LIMIT. */
export class AnswerReader {
  #status = 0;
  #headers: FieldsByName = {};
  #chunks: Buffer[] = [];
  #size = 0;

  get hasStarted(): boolean {
    return this.#status !== 0;
  }

  start(status: number, headers: FieldsByName): void {
    this.#status = status;
    this.#headers = headers;
  }

  /** Returns whether there is more now than will be kept. */
  add(chunk: Buffer): boolean {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    return this.#size > ANSWER_LIMIT;
  }

  /** `brokenOff` says why the end did not come. */
  outcome(milliseconds: number, brokenOff?: Answered['brokenOff']): Answered {
    const fields = this.#headers;
    return {
      answered: true,
      status: this.#status,
      // Read of few answers, and so put in order only then.
      get headers() {
        return inPairs(fields);
      },
      body: Buffer.concat(this.#chunks).subarray(0, ANSWER_LIMIT),
      isCut: this.#size > ANSWER_LIMIT,
      ...(brokenOff && { brokenOff }),
      milliseconds,
    };
  }
}

/** Header fields as undici hands them over. */
type FieldsByName = Record<string, string | string[] | undefined>;

function inPairs(fields: FieldsByName): Headers {
  const pairs: [string, string][] = [];
  for (const name in fields) {
    const value = fields[name] ?? [];
    if (typeof value === 'string') pairs.push([name, value]);
    else for (const single of value) pairs.push([name, single]);
  }
  return pairs;
}
