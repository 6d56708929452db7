import type { Diagnosis, DiagnosisCode } from '../../checks/judge/diagnosis.ts';
import type { Framework } from '../../checks/judge/framework.ts';
import type { ResponderKind } from '../../delivery/answers/telltales.ts';
import { cleanLine } from '../clean.ts';
import { complaintWords } from './complaints.ts';
import { explainFinding } from './findings.ts';
import { frameworkHints, type HintTopic } from './frameworks.ts';
import { explainResponder } from './responders.ts';

/** A diagnosis in words: the problem, its fix, and the fix in each framework. */
export interface DiagnosisWords {
  readonly says: string;
  readonly fix: string;
  readonly hints: readonly { readonly framework: string; readonly fix: string }[];
}

/** The signing secret that check uses. */
export interface SecretInUse {
  readonly masked: string;
  readonly source: string;
  /** The environment variable that an app reads it from. */
  readonly variable: string;
  /** Whether check started the app with this secret. */
  readonly isGiven?: boolean;
}

/** Describes a diagnosis. One that comes from a single check uses the texts of that check. */
export function explainDiagnosis(
  { code, result, responder, isCertain, detail = '' }: Diagnosis,
  secret: SecretInUse,
  framework?: Framework,
): DiagnosisWords {
  const hintsOn = (topic: HintTopic) => hintsFor(topic, framework);
  if (responder) {
    // Whether it is certain is marked before the sentence.
    const { detail: says, fix } = explainResponder({ ...responder, isCertain: true });
    return { says, fix, hints: guards.includes(responder.kind) ? hintsOn('guard') : [] };
  }
  if (result) {
    const topic = topics[result.check.name];
    const { meaning, fix } = explainFinding(result);
    return { says: meaning, fix, hints: topic ? hintsOn(topic) : [] };
  }
  const [says, fix, topic] = words[code as DiagnosisCode](cleanLine(detail), { ...secret, isCertain });
  return { says, fix, hints: topic ? hintsOn(topic) : [] };
}

/** Checks whose fix depends on the framework. */
const topics: Readonly<Record<string, HintTopic>> = {
  'large-body': 'limit',
  get: 'method_not_allowed',
  'non-ascii': 'raw_body',
  'final-newline': 'raw_body',
  'unicode-escapes': 'raw_body',
};

/** Responders that the app itself can exempt a route from. */
const guards: readonly ResponderKind[] = ['login-guard', 'csrf-filter'];

/** The fix in each framework, the one in `first` before the others. */
function hintsFor(topic: HintTopic, first: Framework | undefined): DiagnosisWords['hints'] {
  const hints = Object.entries(frameworkHints[topic]).map(([framework, fix]) => ({ framework, fix }));
  return [
    ...hints.filter(({ framework }) => framework === first),
    ...hints.filter(({ framework }) => framework !== first),
  ];
}

type Row = readonly [says: string, fix: string, hints?: HintTopic];

const passRawBytes =
  'pass the bytes of the body, exactly as received, to the verifier, and parse them only afterwards';

/** Most messages are predicates whose subject is the handler; `detail` is the end of "a message …" or a name. */
interface DiagnosisContext extends SecretInUse {
  readonly isCertain: boolean;
}

const words: Record<DiagnosisCode, (detail: string, context: DiagnosisContext) => Row> = {
  'accepts-everything': () => [
    'accepts every message: it does not verify, or does not use the result before it answers',
    'verify each message with the SDK before you answer, and answer 401 when verification throws or fails. Look for a promise without await, a catch that goes on, and a 2xx that is sent first',
    'errors',
  ],
  'page-answers': () => [
    'accepts every message with an HTML page: another route may be answering instead of the webhook handler',
    'run check with the path of the handler. If the path is correct, the handler does not verify',
  ],
  'rejects-with-2xx': (detail) => [
    `answers 2xx to messages that it rejects${detail && ', most likely also to valid ones'}, and Scalekit counts every 2xx as accepted`,
    'answer 401 when verification fails; 2xx means that the handler accepted the event',
    'errors',
  ],
  decides: () => [
    'answers with a decision, as an interceptor does, not as a webhook handler',
    'use --interceptor with its trigger point to check an interceptor, such as --interceptor PRE_SIGNUP. To check a webhook handler, use its path',
  ],
  'signature-not-checked': () => [
    'requires the signature headers but does not check the signature',
    'verify with the SDK: the presence of the headers proves nothing',
    'errors',
  ],
  'unsigned-accepted': () => [
    'skips verification when a signature header is missing, and accepts the message',
    'reject a message without webhook-id, webhook-timestamp or webhook-signature; never skip verification',
  ],
  'no-clock-check': () => [
    'accepts messages of any age: it does not check webhook-timestamp',
    'reject a webhook-timestamp more than 300 seconds before or after the current time; the SDKs do',
  ],
  'wide-tolerance': () => [
    'tolerates more than 5 minutes of clock difference: it accepts messages that are 10 minutes off and rejects those that are a day off',
    'allow 300 seconds before or after the current time, as the SDKs do',
  ],
  'not-at-once': () => [
    'answers errors to concurrent messages, and accepts the same messages one at a time',
    'process several messages concurrently, or answer 202 first and queue the work: Scalekit does not wait for one delivery before the next',
  ],
  inconclusive: () => [
    'rejects some messages for a reason other than their fault: it also rejects the same messages without the fault, so those checks are inconclusive',
    'find out why the handler rejects those messages; scalekit-hooks check --verbose shows them',
  ],
  'no-age-check': () => [
    'accepts old messages: a recorded message can be replayed at any time',
    'reject a webhook-timestamp that is more than 300 seconds old; the SDKs do',
  ],
  'no-future-check': () => [
    'accepts messages from the future: they stay valid long after they were signed',
    'reject a webhook-timestamp that is more than 300 seconds ahead; the SDKs do',
  ],
  'body-not-covered': () => [
    'verifies only part of the message: an attacker can change the rest',
    'compute the signature over id, timestamp and body exactly as received (id.timestamp.body), and compare; the SDKs do',
  ],
  'loose-comparison': () => [
    'compares signatures loosely: it accepts values that are not the signature',
    'use the SDK, or compare all 32 bytes of a v1 signature with crypto.timingSafeEqual or an equivalent',
  ],
  'empty-key-accepted': () => [
    'accepts messages that are signed with an empty key, which anyone can do',
    'exit at startup when the secret is missing: an unset variable must not become an empty key',
  ],
  'text-key-accepted': () => [
    'accepts messages that are signed with the text of the secret, in addition to correctly signed ones',
    'base64-decode the part after whsec_, and verify only with that key',
  ],
  'rejects-with-5xx': () => [
    'rejects messages with 5xx, which causes pointless retries and looks like a crash',
    'catch the error that the verifier throws, and answer 401',
    'errors',
  ],
  'first-signature-only': () => [
    'checks only the first signature: secret rotation will break it',
    'split webhook-signature at spaces, and compare with each entry; the SDKs do',
  ],
  'one-signature-only': () => [
    'compares webhook-signature as a whole: secret rotation will break it',
    'split webhook-signature at spaces, and compare with each entry that starts with v1,; the SDKs do',
  ],
  'reserialized-body': () => [
    'verifies a re-serialized body: parsing and serializing JSON changes the bytes that were signed',
    `${passRawBytes}. If the app does this already, find the proxy or middleware that re-serializes the body`,
    'raw_body',
  ],
  'newline-added': () => [
    'verifies the body with an added newline: the app, or a proxy in front of it, appends one to the body',
    `${passRawBytes}. If the app does this already, find the proxy or middleware that appends the newline`,
    'raw_body',
  ],
  'parsed-body': (_detail, { isCertain }) => [
    isCertain
      ? 'passes the parsed body to the verifier: an object, not the bytes that were signed'
      : 'verifies a parsed or re-serialized body instead of the bytes that it received',
    passRawBytes,
    'raw_body',
  ],
  'no-body': () => [
    'passes an empty body to the verifier, most likely because the body was already read',
    passRawBytes,
    'raw_body',
  ],
  'not-text': (detail) => [
    `passes something other than the text or bytes of the body to the verifier: it accepts a message ${detail}`,
    'await the body as text, or convert its bytes: await request.text(), or Buffer.from(bytes).toString()',
    'raw_body',
  ],
  'base64-body': () => [
    'verifies the base64 text of the body, as a serverless platform passes it, instead of the decoded bytes',
    "decode the body before verifying it: in AWS Lambda, Buffer.from(event.body, 'base64') if event.isBase64Encoded is true",
  ],
  'secret-as-text': () => [
    'uses the secret as text: it does not base64-decode it',
    "base64-decode the part after whsec_ to get the key: Buffer.from(secret.split('_')[1], 'base64'). The SDKs expect the secret unchanged",
  ],
  'empty-secret': (_detail, { variable }) => [
    'verifies with an empty key: its secret is not set, or could not be decoded and the error was ignored',
    `set ${variable} where the app runs, and exit at startup when it is missing`,
  ],
  'other-secret': (detail, { masked, source, variable, isGiven }) => [
    isGiven && detail === ''
      ? `reads its signing secret from a variable other than ${variable}, or a .env file of the app overrides the value that check set`
      : `uses a different signing secret than check${detail && `: it accepts a message ${detail}`}`,
    isGiven && detail === ''
      ? `read the secret from ${variable} in the app, and do not let a .env file override variables that are already set`
      : `set ${variable} in the app to the secret that check uses (${masked} from ${source}), without spaces or quotation marks around it`,
  ],
  'secret-invalid': (_detail, { variable }) => [
    'reports that its signing secret is missing or cannot be decoded',
    `set ${variable} where the app runs to the whole secret, including whsec_, without quotation marks or spaces`,
  ],
  'secret-misread': (detail) => [
    `reads its secret incorrectly: it accepts a message ${detail}`,
    'base64-decode everything after whsec_ to get the key, without quotation marks, spaces or newlines around the secret',
  ],
  'signature-form': (detail) => [
    detail === ''
      ? 'decodes webhook-signature as a whole, including v1 and the comma'
      : `expects another signature format: it accepts a message ${detail}`,
    'split webhook-signature at spaces, remove the v1, prefix of each entry, and base64-decode the rest',
  ],
  'signed-text': (detail) => [
    `computes the signature differently than Scalekit: it accepts a message ${detail}`,
    'compute an HMAC-SHA256 over id.timestamp.body: webhook-id, a dot, webhook-timestamp, a dot, the raw body',
  ],
  'svix-headers': () => [
    'reads the svix-* headers',
    'read webhook-id, webhook-timestamp and webhook-signature, which Scalekit sends',
  ],
  'other-headers': (detail) => [
    detail === ''
      ? 'reads other headers, such as scalekit-signature or svix-*, passes an object without the webhook-* headers to the verifier, or is behind a proxy that removes them'
      : `reads scalekit-signature or another header that Scalekit does not send: it accepts a message ${detail}`,
    'read webhook-id, webhook-timestamp and webhook-signature, and verify with verifyWebhookPayload. The header scalekit-signature and the method scalekit.webhooks.verifySignature do not exist',
    'plain_headers',
  ],
  'interceptor-headers': () => [
    'reads the interceptor-* headers: it is an interceptor handler',
    'verify webhooks with verifyWebhookPayload, or use --interceptor to check it as an interceptor',
  ],
  milliseconds: () => [
    'reads webhook-timestamp as milliseconds',
    'read it as seconds: compare it with Math.floor(Date.now() / 1000)',
  ],
  clock: (detail) => [
    detail === ''
      ? 'rejects the current time: its clock differs by more than 5 minutes, or it does not read webhook-timestamp as seconds'
      : `has a clock that differs from the clock of this machine: it accepts a message ${detail}`,
    'compare the output of date -u on both machines, and read webhook-timestamp as seconds: new Date(seconds * 1000)',
  ],
  'clock-drift': (detail) => [
    `has a clock that is ${detail} the clock of this machine, so it rejects valid messages`,
    'synchronize both clocks (NTP), and compare the output of date -u on both machines',
  ],
  'narrow-tolerance': (detail) => [
    `rejects valid messages that are 290 s ${detail}: it tolerates less than 5 minutes of clock difference`,
    'allow 300 seconds before or after the current time, as the SDKs do',
  ],
  'rejects-now': (detail) => [
    `rejects the current time, and accepts a message ${detail}: it tolerates less than 5 minutes of clock difference, or uses another clock`,
    'allow 300 seconds before or after the current time, and compare numbers of the same unit: Math.abs(Date.now() / 1000 - seconds) <= 300',
  ],
  'time-zone': (detail) => [
    `reads local time as UTC, or its clock is off by whole hours: it accepts a message ${detail}`,
    'compare seconds since 1970: Math.floor(Date.now() / 1000), time.time(), time.Now().Unix(), time(). Avoid local dates',
  ],
  'some-types': (detail) => [
    detail === ''
      ? 'rejects the event type that check sent first'
      : `rejects the event type that check sent first: it accepts a message ${detail}`,
    'answer 2xx to a verified event of any type, or use --type with the types that the endpoint subscribes to',
  ],
  'partial-body': (detail) => [
    `verifies only part of a body: it accepts bodies of up to about ${detail} bytes${Number(detail) >= 8000 ? ', most likely only one of the chunks that it reads' : ''}`,
    'read the body to its end before you verify it: collect every chunk, or read as many bytes as content-length says',
    'raw_body',
  ],
  'splits-characters': () => [
    'decodes each chunk of a body alone: a character that is split between two chunks is lost',
    'collect the chunks as bytes, and decode them once: Buffer.concat(chunks).toString()',
    'raw_body',
  ],
  'rejects-content': (detail) => [
    `rejects an event because of its content${detail && `: an event with ${detail}`}. Either it re-serializes the body, or its validation is too strict`,
    `${passRawBytes}. Validate the event only after verifying it`,
    'raw_body',
  ],
  'one-connection': () => [
    'serves one connection at a time: while one is open, requests on other connections wait',
    'use a server that handles several connections: a threaded or asynchronous server, or several workers. Scalekit opens more than one connection',
  ],
  unavailable: () => [
    'is not available: the app, or a proxy in front of it, answers that it cannot process requests',
    'check that the app is running and ready, or run check against the app directly',
  ],
  inconsistent: (detail) => [
    detail.startsWith('later')
      ? `gives inconsistent responses: it accepted the plain message at first, and rejected equivalent ones ${detail}`
      : 'gives inconsistent responses: it rejected a message and then accepted an equivalent one',
    'find out what changes between two messages: instances with different secrets, a limit or pool that is used up, a cached value, an age limit in milliseconds that is meant in seconds, or a decoder that depends on the characters of the signature',
  ],
  'stale-time': (detail) => [
    `compares webhook-timestamp with a time that is not the current one: it accepts a message ${detail}`,
    'read the clock for each message, not once when the app starts',
  ],
  'rejects-verified': (detail) => [
    detail === 'fails'
      ? 'verifies the message, then fails with an error while it processes the event'
      : 'verifies the message, then rejects the event for another reason',
    'see the response and the log of the app for the reason. Answer 2xx to every verified event, and process it afterwards',
  ],
  'redirects-verified': (detail) => [
    `verifies the message, then redirects${detail && ` to ${detail}`}, and Scalekit does not follow redirects`,
    'answer 201 instead of the redirect',
  ],
  'hangs-when-valid': () => [
    'verifies the message, then sends no response: it hangs while it processes the event, or a branch ends without a response',
    'answer in every branch, and before slow work',
  ],
  'validates-first': () => [complaintWords.content.detail, complaintWords.content.fix, 'raw_body'],
  'requires-header': () => [complaintWords.header.detail, complaintWords.header.fix],
  'unknown-object': () => [complaintWords['unknown-object'].detail, complaintWords['unknown-object'].fix],
  'body-already-read': () => [
    'reads the body a second time: code before it has read or parsed it already',
    'read the body once, as text or bytes, verify that, and parse the same text afterwards',
    'raw_body',
  ],
  'skips-types': () => [
    'answers 2xx to some event types before it verifies them: anyone can send such events',
    'verify every message first, then look at its type',
  ],
  inverted: () => [
    'accepts forged messages and rejects valid ones',
    'check how the result of the verifier is used: it returns true for a valid message and throws for an invalid one',
  ],
  'rejects-types': () => [
    'rejects event types that it does not use, or fails on them',
    'answer 2xx to a verified event of any type: add a default branch that does nothing',
  ],
  'not-found': () => [
    'no handler is registered for POST at this URL',
    'run check with the path that your app registers',
  ],
  'method-not-allowed': () => [
    'does not accept POST',
    'register the handler for POST, the only method that Scalekit uses',
  ],
  redirects: (detail) => [
    `redirects${detail && ` to ${detail}`}, and Scalekit does not follow redirects`,
    detail.startsWith('https:')
      ? 'use that URL in check and in the dashboard. For an app behind a proxy that terminates TLS, run check with -H "x-forwarded-proto: https"'
      : 'use the final URL in check and in the dashboard, and exempt the route from login, locale and trailing slash redirects',
  ],
  'too-large': () => ['rejects a body of this size', 'raise the limit for the body to 1 MB', 'limit'],
  'not-json-type': () => [
    'rejects application/json',
    'allow application/json on the route: Scalekit sends every webhook with this content type',
  ],
  'rate-limit': () => [
    'limits the rate of requests, and the limit is reached',
    'exempt the webhook route from the rate limit, or run check again later',
  ],
  'headers-lost': () => [
    'does not find the signature headers',
    'pass the headers to the verifier as a plain object with lower-case names',
    'plain_headers',
  ],
  'route-guard': () => [
    'is behind CSRF protection, a login guard or a firewall that rejects messages before they reach it',
    'exempt the webhook route; the signature protects it',
    'guard',
  ],
  'handler-error': (_detail, { variable }) => [
    'fails with an error before or while it verifies',
    `check its log for a method that the SDK does not have (scalekit.webhooks.verifySignature, which some pages show), an unset ${variable}, or a parsed body`,
    'raw_body',
  ],
  'dependency-fails': () => [
    'gets an error from a database or another service that it uses',
    'start the database or service, and check its address and credentials in the settings of the app. The response or the log of the app names it',
  ],
  crashes: (detail) => [
    `crashes, during the check or after its last response. Checks that may have caused it: ${detail}`,
    'find the exception in the log of the app, and catch it, also in work that continues after the response',
  ],
  'blocks-after-forgery': () => [
    'rejects valid messages after it rejects forged ones: anyone who knows its URL can block it',
    'reject only the forged message: do not lock the endpoint or limit by IP address',
  ],
  'breaks-afterwards': () => [
    'rejects valid messages after it receives a body that it cannot parse',
    'catch the error that the parser throws, and answer 400',
  ],
  'no-answer-to-some': (detail) => [
    `sends no response to some messages (${detail}): it hangs or closes the connection`,
    'catch every error and answer in every branch, with 4xx for a message that cannot be read',
  ],
  'rejects-with-3xx': () => [
    'redirects messages that it must reject; a redirect neither accepts nor rejects',
    'answer 401 when verification fails, and exempt the route from login redirects',
    'errors',
  ],
  'needs-optional': () => [
    'requires organization_id or display_name, which are optional',
    'treat both fields as optional, and answer 2xx',
  ],
  'depends-on-order': () => [
    'answers an error to an event about an object that it does not know: it relies on an order that Scalekit does not guarantee',
    'answer 2xx when an unknown object is updated or deleted, and order events by occurred_at',
  ],
  'acts-on-repeats': () => [
    'acts again on each repeated message: Scalekit delivers at least once, and every retry has the same webhook-id',
    'store the webhook-id under a unique key, in the same transaction as the work, and do nothing if it is there already',
  ],
  'no-such-method': () => [
    'calls a method that the SDK does not have: scalekit.webhooks.verifySignature, which some pages show, does not exist, and neither does a scalekit-signature header',
    'use scalekit.verifyWebhookPayload(secret, headers, rawBody), with webhook-id, webhook-timestamp and webhook-signature in the headers',
    'raw_body',
  ],
  'breaks-contract': () => [
    'its response breaks the interceptor contract',
    'answer 200 and {"decision":"ALLOW"} or {"decision":"DENY","error":{"message":"…"}}, with 200 for DENY too',
  ],
  'allows-everything': () => [
    'allows every request: it does not verify',
    'verify every request with verifyInterceptorPayload first, and answer {"decision":"DENY"} when that throws',
  ],
  'denies-everything': (_detail, { masked, source, variable }) => [
    'gives the same response to valid and forged requests, so verification cannot be tested: it may deny every request, or use a different signing secret',
    `compare ${variable} in the app with ${masked} from ${source}, and run check again with data that the interceptor allows`,
  ],
};
