import type { Capture } from '../../captures/record.ts';
import { maskedSecrets, type SecretSetting } from '../../config/secrets.ts';
import { findSchemaDifferences } from '../../events/shapes/schemas.ts';
import { verdictFact } from '../../report/facts/verdict.ts';
import type { SecretKinds } from '../../signature/explain/explain.ts';
import type { Context } from '../context.ts';
import { explainGiven, secretsFor } from './explanation.ts';
import type { VerifyFlags } from './flags.ts';
import { type GivenMessage, unread } from './messages.ts';
import { readVerifySettings, type VerifySettings } from './options.ts';

/** Prints a verdict for each message. Returns exit code 0 if all of them could be read and verify. Throws HooksError. */
export async function verify(given: VerifyFlags, context: Context): Promise<number> {
  const settings = await readVerifySettings(given, context);
  const { io, report } = context;
  for (const setting of [settings.secret, settings.interceptorSecret]) {
    for (const { text } of setting?.secrets ?? []) report.hide(text);
  }
  // When the reader of stdout exits, stop reading stdin.
  io.stdout.onClosed(() => io.stdin.close());
  let [rejected, skipped] = [0, 0];
  const noted = new Set<SecretSetting>();
  for await (const given of settings.messages) {
    if (given === unread) {
      skipped += 1;
      continue;
    }
    if (given.truncated) {
      rejected += 1;
      report.warn(describeTruncated(given.truncated));
      continue;
    }
    const kinds = secretsFor(given.message, settings);
    if (!noted.has(kinds.used)) noteSecret(kinds.used, context);
    noted.add(kinds.used);
    if (!(await verifyOne(given, kinds, settings, context))) rejected += 1;
  }
  if (skipped > 0)
    report.warn(`lines skipped because they are damaged or have a masked secret in the body: ${skipped}`);
  return rejected + skipped === 0 ? 0 : 1;
}

function noteSecret(secret: SecretSetting, { report }: Context): void {
  for (const note of secret.notes) report.note(note);
  report.note(`verifying with ${maskedSecrets(secret)} from ${secret.source}`);
}

/** Prints the verdict on a message, and returns whether it verifies. */
async function verifyOne(
  given: GivenMessage,
  kinds: SecretKinds<SecretSetting>,
  settings: VerifySettings,
  { io, report }: Context,
): Promise<boolean> {
  const { message, capture, isParsed = false } = given;
  const { secrets, source } = kinds.used;
  const at = settings.at ?? given.time ?? io.now();
  const explanation = await explainGiven(given, kinds, { ...settings, at });
  const { verified } = explanation.verdict;
  if (isParsed && verified)
    report.note('the log has the parsed body; serialized again, it verifies. Log the received bytes instead');
  const differences = findSchemaDifferences(message.body);
  const { showsSignedText } = settings;
  report.print(
    verdictFact({ message, explanation, secrets, source, at, capture, differences, showsSignedText }),
  );
  return verified;
}

function describeTruncated({ id, reason, bodyBytes, body }: Capture): string {
  const stored = `only ${body.length} of ${bodyBytes ?? 'its'} bytes were stored`;
  return `${id || 'a message'} was rejected when it was received (${reason}); ${stored}, so it cannot be verified again`;
}
