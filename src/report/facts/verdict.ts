import { createHash } from 'node:crypto';
import { identifyEvent } from '../../events/identify.ts';
import type { FieldDifference } from '../../events/shapes/schemas.ts';

import { fromHeaderBytes, ID_HEADER, type Message, soleHeader, TIMESTAMP_HEADER } from '../../message.ts';
import type { SignatureExplanation } from '../../signature/explain/explain.ts';
import { maskSecret, type Secret } from '../../signature/secret.ts';
import { sdkNotes } from '../words/sdk-notes.ts';
import { explainRejection } from '../words/verdicts.ts';
import { causesFound } from './causes.ts';
import type { Explained, SchemaDifference, SignedTextShown, VerdictShown } from './index.ts';

/** A message that was verified, as it is to be told. */
export interface ReportedVerdict {
  readonly message: Message;
  readonly explanation: SignatureExplanation;
  readonly secrets: readonly Secret[];
  /** Where the secrets come from, in words. */
  readonly source: string;
  /** The moment as of which it was judged, in milliseconds since 1970. */
  readonly at: number;
  readonly capture: string | undefined;
  readonly differences: readonly FieldDifference[];
  readonly showsSignedText: boolean;
}

/** Puts a verdict and its explanation into a Fact. */
export function verdictFact(told: ReportedVerdict): VerdictShown {
  const { message, explanation, secrets, source } = told;
  const { verdict, tried } = explanation;
  const event = identifyEvent(message.body);
  const signer = verdict.verified ? secrets[verdict.secretIndex] : undefined;
  return {
    kind: 'verdict',
    event_type: event.type,
    event_id: event.id,
    webhook_id: soleHeader(message.headers, ID_HEADER) ?? null,
    capture: told.capture ?? null,
    verified: verdict.verified,
    reason: verdict.verified ? null : verdict.reason,
    detail: verdict.verified ? null : explainRejection(verdict),
    age_seconds: verdict.age ?? null,
    at: new Date(told.at).toISOString(),
    secret: signer ? maskSecret(signer.text) : null,
    secret_source: source,
    combinations: tried,
    ...causesFound(explanation, secrets, source),
    notes: sdkNotes({ message, explanation, secrets }),
    schema_differences: told.differences.map(shownDifference),
    signed_text: told.showsSignedText ? signedText(message) : null,
  };
}

/** Puts the explanation of a message that the listener refused into a Fact. */
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
  const further = capture === undefined ? '' : `; scalekit-hooks verify ${capture} looks further`;
  return {
    kind: 'explained',
    webhook_id: webhookId ?? null,
    capture: capture ?? null,
    combinations: explanation.tried,
    ...found,
    unexplained: found.unexplained === null ? null : found.unexplained + further,
  };
}

/** What is signed, part by part: never the signature that is expected. */
function signedText({ headers, body }: Message): SignedTextShown {
  const id = soleHeader(headers, ID_HEADER) ?? '';
  const timestamp = soleHeader(headers, TIMESTAMP_HEADER) ?? '';
  const whole = Buffer.concat([Buffer.from(`${id}.${timestamp}.`, 'latin1'), body]);
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
    part('all', null, whole),
  ];
}

/** A field that is not as the API reference has it, as it is reported. */
export function shownDifference({ field, reason }: FieldDifference): SchemaDifference {
  return { field, message: reason };
}
