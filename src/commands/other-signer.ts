import type { SecretSetting } from '../config/secrets.ts';
import type { Message } from '../message.ts';
import type { SignatureExplanation } from '../signature/explain/explain.ts';
import { verify } from '../signature/verify.ts';

/** The secret of a message's kind, webhook or interceptor, and that of the other kind. */
export interface SecretKinds {
  readonly used: SecretSetting;
  /** Undefined if it is not set. */
  readonly other: SecretSetting | undefined;
}

/** The explanation of a message that the secret of the other kind signed; undefined for other messages. */
export function withSigner(
  explanation: SignatureExplanation,
  message: Message,
  { used, other }: SecretKinds,
): SignatureExplanation | undefined {
  if (!other || !matchesAny(message, other)) return undefined;
  const details = { used: used.variable, signer: other.variable };
  return { ...explanation, observations: [{ code: 'secret_of_other_kind', details }] };
}

/** Whether one of the secrets made the signature, whatever its age. */
function matchesAny(message: Message, { secrets }: SecretSetting): boolean {
  return verify(message, secrets, 0, Number.POSITIVE_INFINITY).verified;
}
