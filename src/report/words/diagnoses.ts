import type { Diagnosis, DiagnosisCode } from '../../checks/judge/diagnosis.ts';
import { cleanLine } from '../clean.ts';
import { frameworkHints, type HintTopic } from './frameworks.ts';

/** What a diagnosis says: what is wrong, how to mend it, and how that is done in each framework. */
export interface DiagnosisWords {
  readonly says: string;
  readonly fix: string;
  readonly hints: readonly { readonly framework: string; readonly fix: string }[];
}

/** What scalekit-hooks knows of the secret in use. */
export interface SecretInUse {
  readonly masked: string;
  readonly source: string;
  /** The environment variable that an app reads it from. */
  readonly variable: string;
}

/** The words of a diagnosis; one that a check tells alone has that check's. */
export function explainDiagnosis(
  { code, check, detail = '' }: Diagnosis,
  secret: SecretInUse,
): DiagnosisWords {
  if (check) {
    const topic = topics[check.name];
    return { says: check.meaning, fix: check.fix, hints: topic ? hintsOn(topic) : [] };
  }
  const [says, fix, topic] = words[code as DiagnosisCode](cleanLine(detail), secret);
  return { says, fix, hints: topic ? hintsOn(topic) : [] };
}

/** Checks whose remedy differs from framework to framework. */
const topics: Readonly<Record<string, HintTopic>> = {
  'large-body': 'limit',
  get: 'method_not_allowed',
  'non-ascii': 'raw_body',
  'final-newline': 'raw_body',
  'unicode-escapes': 'raw_body',
};

function hintsOn(topic: HintTopic): DiagnosisWords['hints'] {
  return Object.entries(frameworkHints[topic]).map(([framework, fix]) => ({ framework, fix }));
}

type Row = readonly [says: string, fix: string, hints?: HintTopic];

const giveRawBytes =
  "give the verifier the raw bytes: in Express express.raw({ type: 'application/json', limit: '1mb' }) before express.json()";

const words: Record<DiagnosisCode, (detail: string, secret: SecretInUse) => Row> = {
  'accepts-everything': () => [
    'accepts everything: it does not verify',
    'verify each message with the SDK before anything else, and answer 401 when that throws or fails',
    'errors',
  ],
  'page-answers': () => [
    'accepts everything, with a page: another route than the webhook handler may be answering',
    'check with the path of the handler; if it is the right one, it does not verify',
  ],
  'rejects-with-2xx': () => [
    'answers 2xx to what it refuses: only its text says so, and Scalekit looks at the status',
    'answer 401 to what does not verify; a 2xx says that the event was taken',
    'errors',
  ],
  'signature-not-checked': () => [
    'wants the signature headers to be there, and does not check the signature',
    'verify with the SDK: that the headers are there proves nothing',
    'errors',
  ],
  'unsigned-accepted': () => [
    'verifies only what is signed: a message that lacks a signature header is let through',
    'refuse a message without webhook-id, webhook-timestamp or webhook-signature; never skip verifying',
  ],
  'no-clock-check': () => [
    'no clock check: takes messages of any age',
    'refuse a webhook-timestamp more than 300 seconds from now, either way; the SDKs do',
  ],
  'wide-tolerance': () => [
    'allows more than five minutes between two clocks: takes messages that are ten minutes old, though none of a day',
    'allow 300 seconds either way, as the SDKs do',
  ],
  'not-at-once': () => [
    'answers errors to messages that come at the same time, and takes them one by one',
    'let several be dealt with at once, or answer first (202) and queue the work: Scalekit does not wait for one before the next',
  ],
  inconclusive: () => [
    'not all could be proven: what must be refused was, but so was the same without its fault',
    'see what the handler minds in those messages; scalekit-hooks check --verbose shows them',
  ],
  'no-age-check': () => [
    'takes old messages: one that was recorded can be sent again for ever',
    'refuse a webhook-timestamp that is more than 300 seconds old; the SDKs do',
  ],
  'no-future-check': () => [
    'takes messages from the future: they stay valid until long after they were made',
    'refuse a webhook-timestamp that is more than 300 seconds ahead; the SDKs do',
  ],
  'body-not-covered': () => [
    'verifies a part of the message only: what it leaves out can be changed',
    'sign id.timestamp.body as they arrived, all three, and compare; the SDKs do',
  ],
  'loose-comparison': () => [
    'compares signatures loosely: what is not the signature passes for it',
    'compare all 32 bytes of a v1 signature with crypto.timingSafeEqual or the like; better, leave it to the SDK',
  ],
  'empty-key-accepted': () => [
    'takes messages that are signed with an empty key, as anybody can',
    'refuse to start without a secret: an unset variable must not become an empty key',
  ],
  'text-key-accepted': () => [
    "takes messages that are signed with the secret's text, beside rightly signed ones",
    'decode the base64 after whsec_, and verify with that key only',
  ],
  'rejects-with-5xx': () => [
    'refuses with 5xx: it causes pointless retries, and looks like a crash',
    'the verifier throws when it refuses: catch that, and answer 401',
    'errors',
  ],
  'first-signature-only': () => [
    'looks at the first signature only: secret rotation will break it',
    'compare with each entry of webhook-signature, split at blanks; the SDKs do',
  ],
  'one-signature-only': () => [
    'compares webhook-signature as a whole: secret rotation will break it',
    'split webhook-signature at blanks, and compare with each entry that begins with v1,; the SDKs do',
  ],
  'reserialized-body': () => [
    'verifies a re-serialised body: parsed and written again, it is no longer what was signed',
    giveRawBytes,
    'raw_body',
  ],
  'parsed-body': () => [
    'gives the verifier the parsed body: an object, not the bytes that were signed',
    giveRawBytes,
    'raw_body',
  ],
  'no-body': () => [
    'verifies without the body: it was empty when the verifier got it, most likely read before',
    giveRawBytes,
    'raw_body',
  ],
  'secret-as-text': () => [
    'the secret is used as text: decode its base64',
    "the key is what the base64 after whsec_ stands for: Buffer.from(secret.split('_')[1], 'base64'); the SDKs take the secret as it is",
  ],
  'empty-secret': (_detail, { variable }) => [
    'verifies with an empty key: its secret is not set',
    `set ${variable} where the app runs, and refuse to start without it`,
  ],
  'other-secret': (detail, { masked, source, variable }) => [
    detail === ''
      ? 'its secret differs from mine'
      : `its secret differs from mine: it has the one of ${detail.replace(/^signed with the secret from /, '')}`,
    `checked with ${masked} from ${source}; the app's ${variable} must be the same, with no blanks or quotation marks around it`,
  ],
  'secret-misread': (detail) => [
    `reads its secret otherwise than it is: it takes a message ${detail}`,
    'the key is what the base64 between whsec_ and the end stands for, without quotation marks, blanks or line feeds around it',
  ],
  'signature-form': (detail) => [
    `reads the signature in another form: it takes a message ${detail}`,
    'webhook-signature is a list of v1,<base64> with blanks between; split it, take v1, off, and decode base64',
  ],
  'signed-text': (detail) => [
    `signs another text than Scalekit: it takes a message ${detail}`,
    'the signature covers id.timestamp.body: webhook-id, a dot, webhook-timestamp, a dot, the raw body',
  ],
  'svix-headers': () => [
    'reads the svix-* headers',
    'Scalekit sends webhook-id, webhook-timestamp and webhook-signature: read these',
  ],
  'other-headers': (detail) => [
    detail === ''
      ? 'reads other headers, such as scalekit-signature or svix-*, or gives the verifier an object that lacks them'
      : `reads scalekit-signature or another header that Scalekit does not send: it takes a message ${detail}`,
    'read webhook-id, webhook-timestamp and webhook-signature, and verify with verifyWebhookPayload; there is no scalekit-signature header and no scalekit.webhooks.verifySignature',
    'plain_headers',
  ],
  'interceptor-headers': () => [
    'reads the interceptor-* headers: it is made for an interceptor',
    'verify webhooks with verifyWebhookPayload; or check it as what it is, with --interceptor',
  ],
  milliseconds: () => [
    'takes webhook-timestamp for milliseconds',
    'it is in seconds: compare with Math.floor(Date.now() / 1000)',
  ],
  clock: () => [
    'its clock differs by more than five minutes from the one here',
    'compare date -u on both sides, and read webhook-timestamp as seconds: new Date(seconds * 1000)',
  ],
  'some-types': (detail) => [
    `refuses the event type that it was sent first; it takes a message ${detail}`,
    'answer 2xx to a verified event of any type; or check it with --type and the types that its endpoint subscribes to',
  ],
  inconsistent: () => [
    'answers alike messages otherwise: it refused the first and took the second',
    'wait until the app is ready before it is checked, or look for what changes in between',
  ],
  inverted: () => [
    'takes forged messages and refuses valid ones',
    'the verifier returns true for what is valid, and throws for what is not',
  ],
  'rejects-types': () => [
    'refuses event types that it has no use for, or falls over them',
    'answer 2xx to a verified event of any type: a default branch that does nothing',
  ],
  'not-found': () => [
    'nothing is registered for POST at this address',
    'check with the path that your app registers',
  ],
  'method-not-allowed': () => [
    'takes no POST',
    'register the handler for POST: Scalekit delivers by POST only',
  ],
  redirects: (detail) => [
    `redirects${detail && ` to ${detail}`}, and Scalekit does not follow redirects`,
    detail.startsWith('https:')
      ? 'check, and register in the dashboard, that address; for an app behind a proxy that ends TLS, check with -H "x-forwarded-proto: https"'
      : 'check, and register in the dashboard, the final address; exempt the route from login, locale and slash rules',
  ],
  'too-large': () => [
    'takes no body of this size',
    "raise the limit: in Express express.raw({ type: 'application/json', limit: '1mb' })",
    'limit',
  ],
  'not-json-type': () => [
    'does not take application/json',
    'let the route accept application/json: all Scalekit webhooks are sent as that',
  ],
  'rate-limit': () => [
    'limits how often it is called, and the limit is reached',
    'exempt the webhook route from the rate limit, or check again later',
  ],
  proxy: () => [
    'a proxy answers in its place: it could not reach the handler behind it, or not in time',
    'check that the app behind the proxy runs, or check the app itself',
  ],
  'headers-lost': () => [
    'does not find the signature headers',
    'hand the headers to the verifier as a plain object with names in lower case',
    'plain_headers',
  ],
  'route-guard': () => [
    'something before the handler refuses: CSRF protection, a login guard or a firewall',
    'exempt the webhook route: its signature is the guard',
  ],
  'handler-error': (_detail, { variable }) => [
    'fails before it comes to a verdict: an error of its own, in every case',
    `look into its log: a method that the SDK does not have (scalekit.webhooks.verifySignature of some pages), ${variable} that is not set, or a parsed body`,
    'raw_body',
  ],
  crashes: (detail) => [
    'crashes: in the midst of the check nothing listened any more',
    `look into its log for what came of ${detail}, and catch what is thrown there`,
  ],
  'blocks-after-forgery': () => [
    'no longer takes valid messages once it has refused forged ones: whoever knows its address can shut it down',
    'refuse a forged message and nothing else: no lock, no limit by address',
  ],
  'breaks-afterwards': () => [
    'no longer takes valid messages once it had a body that it could not read',
    'catch what the parser throws, and answer 400',
  ],
  'no-answer-to-some': (detail) => [
    `gives no answer to some messages (${detail}): it hangs, or breaks the connection`,
    'catch what is thrown, and answer in every branch; 4xx to what cannot be read',
  ],
  'rejects-with-3xx': () => [
    'redirects what it refuses: that is neither taken nor refused',
    'answer 401 to what does not verify; exempt the route from what redirects to a login',
    'errors',
  ],
  'needs-optional': () => [
    'counts on organization_id or display_name, which an event need not have',
    'treat both as what may be absent, and answer 2xx',
  ],
  'depends-on-order': () => [
    'answers an error to an event about what it does not know: it counts on an order that nobody promises',
    'answer 2xx to the update or deletion of what is not there, and go by occurred_at',
  ],
  'no-such-method': () => [
    'calls a method that the SDK does not have: scalekit.webhooks.verifySignature of some pages is none, and there is no scalekit-signature header',
    'scalekit.verifyWebhookPayload(secret, headers, rawBody), with webhook-id, webhook-timestamp and webhook-signature in the headers',
    'raw_body',
  ],
  'breaks-contract': () => [
    'answers otherwise than the contract of interceptors has it',
    'answer 200 and {"decision":"ALLOW"} or {"decision":"DENY","error":{"message":"…"}}, for DENY as well',
  ],
  'allows-everything': () => [
    'allows every request: it does not verify',
    'verify every request with verifyInterceptorPayload before anything else, and answer {"decision":"DENY"} when that throws',
  ],
  'denies-everything': (_detail, { masked, source, variable }) => [
    'answers sound and forged requests alike, so whether it verifies cannot be told: it may deny everybody, or have another secret',
    `checked with ${masked} from ${source}: compare with the app's ${variable}, and check again with data that it allows`,
  ],
};
