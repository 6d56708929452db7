import type { Capture } from '../../captures/record.ts';
import { maskedSecrets, type SecretSetting } from '../../config/secrets.ts';
import { findSchemaDifferences } from '../../events/shapes/schemas.ts';
import { parseJson } from '../../json.ts';
import type { Message } from '../../message.ts';
import { verdictFact } from '../../report/facts/verdict.ts';
import {
  compareExplained,
  explain,
  isUnexplained,
  type SignatureExplanation,
} from '../../signature/explain/explain.ts';
import { verify as verifySignature } from '../../signature/verify.ts';
import type { Context } from '../context.ts';
import { type GivenMessage, type Unread, unread } from './messages.ts';

export interface VerifySettings {
  readonly secret: SecretSetting;
  /** For requests to interceptors; undefined if none is set. */
  readonly interceptorSecret: SecretSetting | undefined;
  /** In seconds. */
  readonly tolerance: number;
  /** Verify as of this time, in ms since 1970; undefined for the time of receipt, or else now. */
  readonly at: number | undefined;
  readonly showsSignedText: boolean;
  /** Verified messages that may be about the same event as a rejected one. */
  known(message: Message): Promise<readonly Message[]>;
}

/** Prints a verdict for each message. Returns exit code 0 if all of them could be read and verify. */
export async function verifyAll(
  messages: Iterable<GivenMessage> | AsyncIterable<GivenMessage | Unread>,
  { tolerance, at, showsSignedText, known, ...settings }: VerifySettings,
  { io, report }: Context,
): Promise<number> {
  for (const setting of [settings.secret, settings.interceptorSecret]) {
    for (const { text } of setting?.secrets ?? []) report.hide(text);
  }
  // When the reader of stdout exits, stop reading stdin.
  io.stdout.onClosed(() => io.stdin.close());
  let [rejected, skipped] = [0, 0];
  const noted = new Set<SecretSetting>();
  for await (const given of messages) {
    if (given === unread) {
      skipped += 1;
      continue;
    }
    const { message, time, capture, isParsed = false, isFromFlags = false, truncated } = given;
    if (truncated) {
      rejected += 1;
      report.warn(describeTruncated(truncated));
      continue;
    }
    const isInterceptor = isInterceptorRequest(message);
    const secret = (isInterceptor && settings.interceptorSecret) || settings.secret;
    const other = isInterceptor ? settings.secret : settings.interceptorSecret;
    if (!noted.has(secret)) {
      for (const note of secret.notes) report.note(note);
      report.note(`verifying with ${maskedSecrets(secret)} from ${secret.source}`);
      noted.add(secret);
    }
    const verifiedAt = at ?? time ?? io.now();
    const searched = explain(message, secret.secrets, verifiedAt, { tolerance });
    const explained = !isUnexplained(searched)
      ? searched
      : (withSigner(searched, message, secret, other) ??
        compareExplained(searched, message, await known(message), secret.secrets));
    const seen = isFromFlags ? withGivenHeaders(explained) : explained;
    const explanation = isParsed ? withParsedBody(seen) : seen;
    if (isParsed && explanation.verdict.verified)
      report.note(
        'the log has the parsed body, which verifies after JSON.stringify. Log the received bytes instead',
      );
    if (!explanation.verdict.verified) rejected += 1;
    report.print(
      verdictFact({
        message,
        explanation,
        secrets: secret.secrets,
        source: secret.source,
        at: verifiedAt,
        capture,
        differences: findSchemaDifferences(message.body),
        showsSignedText,
      }),
    );
  }
  if (skipped > 0)
    report.warn(`lines skipped because they are damaged or have a masked secret in the body: ${skipped}`);
  return rejected + skipped === 0 ? 0 : 1;
}

function describeTruncated({ id, reason, bodyBytes, body }: Capture): string {
  const stored = `only ${body.length} of ${bodyBytes ?? 'its'} bytes were stored`;
  return `${id || 'a message'} was rejected when it was received (${reason}); ${stored}, so it cannot be verified again`;
}

/** That a log lacks the received bytes can explain the rejection. */
function withParsedBody(explanation: SignatureExplanation): SignatureExplanation {
  return { ...explanation, observations: [...explanation.observations, { code: 'body_from_log' }] };
}

/** The explanation of a message that the secret of the other kind signed; undefined for other messages. */
function withSigner(
  explanation: SignatureExplanation,
  message: Message,
  used: SecretSetting,
  other: SecretSetting | undefined,
): SignatureExplanation | undefined {
  if (!other || other === used || !matchesAny(message, other)) return undefined;
  const details = { used: used.variable, signer: other.variable };
  return { ...explanation, observations: [{ code: 'secret_of_other_kind', details }] };
}

/** Whether one of the secrets made the signature, whatever its age. */
function matchesAny(message: Message, { secrets }: SecretSetting): boolean {
  return verifySignature(message, secrets, 0, Number.POSITIVE_INFINITY).verified;
}

/** No proxy removes a header that has to be given on the command line. */
function withGivenHeaders(explanation: SignatureExplanation): SignatureExplanation {
  const observations = explanation.observations.map((observation) =>
    observation.code === 'headers_lost'
      ? { ...observation, code: 'headers_not_given' as const }
      : observation,
  );
  return { ...explanation, observations };
}

function isInterceptorRequest({ headers, body }: Message): boolean {
  if (headers.some(([name]) => name.toLowerCase() === 'interceptor-signature')) return true;
  const request = parseJson(body);
  return typeof request === 'object' && request !== null && 'trigger_point' in request;
}
