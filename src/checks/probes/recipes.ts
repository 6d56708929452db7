import { createHmac } from 'node:crypto';
import { SIGNATURE_HEADER, TIMESTAMP_HEADER, textOfBody } from '../../message.ts';
import type { SignedPart } from '../../signature/explain/signed-texts.ts';
import type { Secret } from '../../signature/secret.ts';
import { renamed } from './headers.ts';
import { type Mistake, type ProbeMaker, replaced } from './probe.ts';

/** How a handler verifies, in steps. */
interface Recipe {
  readonly key: (secret: Secret) => Uint8Array | string;
  /** The text that it verifies in the place of the body. */
  readonly body: (text: string) => string;
  /** What it adds to that text. */
  readonly ending: string;
  readonly parts: readonly SignedPart[];
  /** The value that it expects in the signature header instead of the right one. */
  readonly form: (signature: string) => string;
  /** What the names of the headers begin with. */
  readonly prefix: string;
  /** Units of its clock in a second. */
  readonly perSecond: number;
}

const right: Recipe = {
  key: ({ key }) => key,
  body: (text) => text,
  ending: '',
  parts: ['id', 'timestamp', 'body'],
  form: (signature) => signature,
  prefix: 'webhook-',
  perSecond: 1,
};

/** A mistake in one step. */
export interface WrongStep extends Mistake, Partial<Recipe> {}

/** The message that a handler with these mistakes accepts. */
export function messageFor(mistakes: readonly WrongStep[]): ProbeMaker {
  const recipe: Recipe = Object.assign({}, right, ...mistakes);
  const { key, body, ending, parts, form, prefix, perSecond } = recipe;
  return ({ content, secret, right: message }) => {
    const values: Record<SignedPart, string> = {
      id: content.id,
      timestamp: String(content.timestamp * perSecond),
      body: `${body(textOfBody(content))}${ending}`,
    };
    const text = parts.map((part) => values[part]).join('.');
    const digest = createHmac('sha256', key(secret)).update(text).digest('base64');
    const timed = replaced(message, TIMESTAMP_HEADER, () => values.timestamp);
    const signed = replaced(timed, SIGNATURE_HEADER, () => form(`v1,${digest}`));
    return prefix === right.prefix ? signed : renamed(signed, prefix);
  };
}
