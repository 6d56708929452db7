import type { Capture } from '../../captures/record.ts';
import { maskedSecrets, type SecretSetting } from '../../config/secrets.ts';
import { findSchemaDifferences } from '../../events/shapes/schemas.ts';
import { verdictFact } from '../../report/facts/verdict.ts';
import {
  isUnexplained,
  type SecretKinds,
  type SignatureExplanation,
} from '../../signature/explain/explain.ts';
import { type Effort, efforts } from '../../signature/explain/search.ts';
import type { Context } from '../context.ts';
import { explainGiven, secretsFor } from './explanation.ts';
import type { VerifyFlags } from './flags.ts';
import { type GivenMessage, unread } from './messages.ts';
import { readVerifySettings, type VerifySettings } from './options.ts';

/** The number of unexplained messages that get a thorough search, of about a tenth of a second each. */
const MOST_THOROUGH = 20;

/** Prints a verdict for each message. Returns exit code 0 if all of them could be read and verify. Throws HooksError. */
export async function verify(given: VerifyFlags, context: Context): Promise<number> {
  const settings = await readVerifySettings(given, context);
  const { io, report } = context;
  for (const setting of [settings.secret, settings.interceptorSecret]) {
    for (const { text } of setting?.secrets ?? []) report.hide(text);
  }
  // When the reader of stdout exits, stop reading stdin.
  io.stdout.onClosed(() => io.stdin.close());
  let [rejected, unexplained, skipped] = [0, 0, 0];
  let effort: Effort = efforts.thorough;
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
    if (effort === efforts.thorough && unexplained === MOST_THOROUGH) {
      effort = efforts.brief;
      report.note(describeBriefSearch());
    }
    const explanation = await verifyOne(given, kinds, { ...settings, effort }, context);
    if (!explanation.verdict.verified) rejected += 1;
    if (isUnexplained(explanation)) unexplained += 1;
  }
  if (skipped > 0)
    report.warn(`lines skipped because they are damaged or have a masked secret in the body: ${skipped}`);
  return rejected + skipped === 0 ? 0 : 1;
}

function noteSecret(secret: SecretSetting, { report }: Context): void {
  for (const note of secret.notes) report.note(note);
  report.note(`verifying with ${maskedSecrets(secret)} from ${secret.source}`);
}

/** Prints the verdict on a message. */
async function verifyOne(
  given: GivenMessage,
  kinds: SecretKinds<SecretSetting>,
  settings: VerifySettings & { readonly effort: Effort },
  { io, report }: Context,
): Promise<SignatureExplanation> {
  const { message, capture, isParsed = false, wasVerified = false } = given;
  const { secrets, source } = kinds.used;
  const at = settings.at ?? given.time ?? io.now();
  const explanation = await explainGiven(given, kinds, { ...settings, at });
  const { verdict } = explanation;
  const { verified } = verdict;
  if (isParsed && verified)
    report.note('the log has the parsed body; serialized again, it verifies. Log the received bytes instead');
  if (wasVerified && !verdict.verified && verdict.reason === 'signature_mismatch')
    report.note(
      'the capture says that it verified when it arrived: the listener has another secret, or the file was changed',
    );
  const differences = findSchemaDifferences(message.body);
  const { showsSignedText } = settings;
  report.print(
    verdictFact({ message, explanation, secrets, source, at, capture, differences, showsSignedText }),
  );
  return explanation;
}

function describeBriefSearch(): string {
  return `${MOST_THOROUGH} messages remain unexplained. The search in the others is limited to two mistakes at once. To search for three, verify a message alone`;
}

function describeTruncated({ id, reason, bodyBytes, body }: Capture): string {
  const stored = `only ${body.length} of ${bodyBytes ?? 'its'} bytes were stored`;
  return `${id || 'a message'} was rejected when it was received (${reason}); ${stored}, so it cannot be verified again`;
}
