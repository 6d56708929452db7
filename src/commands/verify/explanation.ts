import type { SecretSetting } from '../../config/secrets.ts';
import { parseJson } from '../../json.ts';
import type { Message } from '../../message.ts';
import {
  compareExplained,
  explain,
  isUnexplained,
  type SecretKinds,
  type SignatureExplanation,
  withSigner,
} from '../../signature/explain/explain.ts';
import type { Effort } from '../../signature/explain/search.ts';
import type { GivenMessage } from './messages.ts';
import type { VerifySettings } from './options.ts';

/** Without a secret for interceptors, their requests are verified with that for webhooks. */
export function secretsFor(
  message: Message,
  { secret, interceptorSecret }: Pick<VerifySettings, 'secret' | 'interceptorSecret'>,
): SecretKinds<SecretSetting> {
  return isInterceptorRequest(message) && interceptorSecret
    ? { used: interceptorSecret, other: secret }
    : { used: secret, other: interceptorSecret };
}

function isInterceptorRequest({ headers, body }: Message): boolean {
  if (headers.some(([name]) => name.toLowerCase() === 'interceptor-signature')) return true;
  const request = parseJson(body);
  return typeof request === 'object' && request !== null && 'trigger_point' in request;
}

interface ExplainSettings extends Pick<VerifySettings, 'tolerance' | 'known'> {
  /** In ms since 1970. */
  readonly at: number;
  readonly effort: Effort;
}

/** Judges a message as of `at`, and explains a rejection, also by where the message is from. */
export async function explainGiven(
  { message, isParsed = false, isFromFlags = false }: GivenMessage,
  kinds: SecretKinds<SecretSetting>,
  { at, effort, tolerance, known }: ExplainSettings,
): Promise<SignatureExplanation> {
  const { secrets } = kinds.used;
  const searched = explain(message, secrets, at, { tolerance, effort });
  const explained = isUnexplained(searched)
    ? (withSigner(searched, message, kinds) ??
      compareExplained(searched, message, await known(message), secrets))
    : searched;
  const seen = isFromFlags ? withGivenHeaders(explained) : explained;
  return isParsed ? withParsedBody(seen) : seen;
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

/** That a log lacks the received bytes can explain the rejection. */
function withParsedBody(explanation: SignatureExplanation): SignatureExplanation {
  return { ...explanation, observations: [...explanation.observations, { code: 'body_from_log' }] };
}
