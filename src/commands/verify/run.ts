import { maskedSecrets, type SecretSetting } from '../../config/secrets.ts';
import { findSchemaDifferences } from '../../events/shapes/schemas.ts';
import { parseJson } from '../../json.ts';
import type { Message } from '../../message.ts';
import { verdictFact } from '../../report/facts/verdict.ts';
import { explain } from '../../signature/explain/explain.ts';
import type { Context } from '../context.ts';
import { type GivenMessage, type Unread, unread } from './messages.ts';

/** How to judge. */
export interface VerifySettings {
  readonly secret: SecretSetting;
  /** Those of interceptors, where they are set: their requests are signed with these. */
  readonly interceptorSecret: SecretSetting | undefined;
  /** In seconds. */
  readonly tolerance: number;
  /** The moment to judge as of, in milliseconds since 1970; undefined for when each message came, or now. */
  readonly at: number | undefined;
  readonly showsSignedText: boolean;
}

/** Verifies messages and tells their verdicts; the exit code is 0 when all could be read and are verified. */
export async function verifyAll(
  messages: Iterable<GivenMessage> | AsyncIterable<GivenMessage | Unread>,
  { tolerance, at, showsSignedText, ...settings }: VerifySettings,
  { io, report }: Context,
): Promise<number> {
  for (const setting of [settings.secret, settings.interceptorSecret]) {
    for (const { text } of setting?.secrets ?? []) report.hide(text);
  }
  // A reader that has gone wants no more of them.
  io.stdout.onClosed(() => io.stdin.close());
  let [refused, skipped] = [0, 0];
  const said = new Set<SecretSetting>();
  for await (const given of messages) {
    if (given === unread) {
      skipped += 1;
      continue;
    }
    const { message, time, capture } = given;
    const secret = (isInterceptors(message) && settings.interceptorSecret) || settings.secret;
    if (!said.has(secret)) {
      for (const note of secret.notes) report.note(note);
      report.note(`verifying with ${maskedSecrets(secret)} from ${secret.source}`);
      said.add(secret);
    }
    const moment = at ?? time ?? io.now();
    const explanation = explain(message, secret.secrets, moment, { tolerance });
    if (!explanation.verdict.verified) refused += 1;
    report.print(
      verdictFact({
        message,
        explanation,
        secrets: secret.secrets,
        source: secret.source,
        at: moment,
        capture,
        differences: findSchemaDifferences(message.body),
        showsSignedText,
      }),
    );
  }
  if (skipped > 0)
    report.warn(`${skipped} of the lines could not be read, or hold a body with a masked secret`);
  return refused + skipped === 0 ? 0 : 1;
}

/** Whether a message is an interceptor's request. */
function isInterceptors({ headers, body }: Message): boolean {
  if (headers.some(([name]) => name.toLowerCase() === 'interceptor-signature')) return true;
  const request = parseJson(body);
  return typeof request === 'object' && request !== null && 'trigger_point' in request;
}
