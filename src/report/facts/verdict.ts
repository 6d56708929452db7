import { createHash } from 'node:crypto';
import { identifyEvent } from '../../events/identify.ts';
import type { FieldDifference } from '../../events/shapes/schemas.ts';
import { fromHeaderBytes, ID_HEADER, type Message, soleHeader, TIMESTAMP_HEADER } from '../../message.ts';
import type { SignatureExplanation } from '../../signature/explain/explain.ts';
import { maskSecret, type Secret } from '../../signature/secret.ts';
import { sdkNotes } from '../words/sdk-notes.ts';
import { explainRejection, fixUnexplained } from '../words/verdicts.ts';
import { causesFound } from './causes.ts';
import type { Explained, SchemaDifference, SignedTextShown, VerdictShown } from './index.ts';

/** A message that `verify` judged, ready to be reported. */
export interface ReportedVerdict {
  readonly message: Message;
  readonly explanation: SignatureExplanation;
  readonly secrets: readonly Secret[];
  /** Where the secrets come from, such as `.env`. */
  readonly source: string;
  /** The time as of which it was judged, in milliseconds since 1970. */
  readonly at: number;
  readonly capture: string | undefined;
  readonly differences: readonly FieldDifference[];
  readonly showsSignedText: boolean;
}

/** The fact of `verify`: the verdict, and the explanation if the message was rejected. */
export function verdictFact(reported: ReportedVerdict): VerdictShown {
  const { message, explanation, secrets, source } = reported;
  const { verdict, tried } = explanation;
  const event = identifyEvent(message.body);
  const found = causesFound(explanation, secrets, source);
  const signer = verdict.verified ? secrets[verdict.secretIndex] : undefined;
  return {
    kind: 'verdict',
    event_type: event.type,
    event_id: event.id,
    webhook_id: soleHeader(message.headers, ID_HEADER) ?? null,
    capture: reported.capture ?? null,
    verified: verdict.verified,
    reason: verdict.verified ? null : verdict.reason,
    detail: verdict.verified ? null : explainRejection(verdict),
    age_seconds: verdict.age ?? null,
    at: new Date(reported.at).toISOString(),
    secret: signer ? maskSecret(signer.text) : null,
    secret_source: source,
    combinations: tried,
    ...found,
    unexplained_fix:
      found.unexplained !== null && !verdict.verified && verdict.reason === 'signature_mismatch'
        ? fixUnexplained(reported)
        : null,
    notes: sdkNotes({ message, explanation, secrets }),
    schema_differences: reported.differences.map(shownDifference),
    signed_text: reported.showsSignedText ? signedText(message) : null,
  };
}

/** The explanation of a message that the listener rejected. */
export function explainedFact(
  explanation: SignatureExplanation,
  {
    secrets,
    source,
    webhookId,
    capture,
  }: {
    secrets: readonly Secret[];
    source: string;
    webhookId: string | undefined;
    capture: string | undefined;
  },
): Explained {
  const found = causesFound(explanation, secrets, source);
  const next = capture === undefined ? '' : `. Run scalekit-hooks verify ${capture} for a longer search`;
  return {
    kind: 'explained',
    webhook_id: webhookId ?? null,
    capture: capture ?? null,
    combinations: explanation.tried,
    ...found,
    unexplained: found.unexplained === null ? null : found.unexplained + next,
  };
}

/** The signed text by parts. Never the expected signature, which would let the reader forge a message. */
function signedText({ headers, body }: Message): SignedTextShown {
  const id = soleHeader(headers, ID_HEADER) ?? '';
  const timestamp = soleHeader(headers, TIMESTAMP_HEADER) ?? '';
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`, 'latin1'), body]);
  const part = (name: 'id' | 'timestamp' | 'body' | 'all', text: string | null, bytes: Uint8Array) => ({
    part: name,
    text,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  });
  return [
    part('id', fromHeaderBytes(id), Buffer.from(id, 'latin1')),
    part('timestamp', fromHeaderBytes(timestamp), Buffer.from(timestamp, 'latin1')),
    part('body', null, body),
    part('all', null, signed),
  ];
}

/** A field that differs from the API reference. */
export function shownDifference({ field, reason }: FieldDifference): SchemaDifference {
  return { field, message: reason };
}
