import type { Observation, ObservationCode } from '../../signature/explain/observations.ts';
import { cleanLine, cut } from '../clean.ts';
import { printedForms } from './body-changes.ts';
import type { ChangeWords } from './change-form.ts';
import { duration } from './verdicts.ts';

type ObservationDetails = Readonly<Record<string, string | number>>;

/** Describes an observation and how to fix it. */
export function explainObservation({ code, details = {} }: Observation): ChangeWords {
  return words[code](details);
}

const words: Record<ObservationCode, (details: ObservationDetails) => ChangeWords> = {
  headers_lost: ({ headers }) => ({
    message: `the message lacks ${show(headers)}`,
    fix: 'look for a proxy or adapter that forwards only known headers, or a test that does not sign the message',
  }),
  headers_not_given: ({ headers }) => ({
    message: `the command has no -H for ${show(headers)}`,
    fix: "add each header, as the request log of the app or of a proxy shows it: -H 'webhook-id: msg_…'. A request that listen stored needs no -H: run verify last",
  }),
  secret_of_other_kind: ({ used, signer }) => ({
    message: `the message was signed with the secret from ${show(signer)}, but verified with the one from ${show(used)}`,
    fix: 'use SCALEKIT_WEBHOOK_SECRET for webhooks and SCALEKIT_INTERCEPTOR_SECRET for interceptors, in the app as well. The Scalekit dashboard shows the secret of each endpoint',
  }),
  headers_repeated: ({ headers }) => ({
    message: `${show(headers)} arrived more than once`,
    fix: 'look for a proxy that adds headers instead of replacing them, or a test that appends them',
  }),
  headers_of_other_name: ({ headers }) => ({
    message: `the message has ${show(headers)} instead`,
    fix: 'use webhook-id, webhook-timestamp and webhook-signature (interceptor-* for interceptors): Scalekit sends these, and its SDKs read no other names',
  }),
  signature_empty: () => ({
    message: 'webhook-signature contains no signature',
    fix: 'check the header that the sender writes: the result of its HMAC was empty',
  }),
  signature_not_set: ({ text }) => ({
    message: `webhook-signature is "${show(text)}": the header was written before the signature had a value`,
    fix: 'await the HMAC in the sender, and write its text into the header',
  }),
  signature_asymmetric_only: () => ({
    message:
      'webhook-signature contains only asymmetric signatures (v1a, ed25519), which need a public key (whpk_) instead of a secret',
    fix: 'check the sender: Scalekit signs with v1, so this may be a message from another service',
  }),
  signature_masked: ({ text }) => ({
    message: `the signature is masked (${show(text)}), so nothing can be compared with it`,
    fix: 'use a source that keeps webhook-signature: it is not secret, and worthless after five minutes',
  }),
  too_old: ({ seconds }) => ({
    message: `the message was signed ${duration(Number(seconds))} ago, which is outside the tolerance`,
    fix: 're-sign each delivery, as scalekit-hooks replay does, or check whether this clock is ahead. Use verify --at to verify an old message as of another time',
  }),
  too_new: ({ seconds }) => ({
    message: `the timestamp is ${duration(Number(seconds))} in the future, which is outside the tolerance`,
    fix: 'compare the output of date -u on both machines: one of the clocks is wrong',
  }),
  time_zone: ({ hours }) => ({
    message: `the difference is about ${hours} h, as if local time were UTC`,
    fix: 'read seconds since 1970 from the clock: Math.floor(Date.now() / 1000), time.time(), time.Now().Unix()',
  }),
  body_empty: () => ({
    message: 'the body is empty',
    fix: 'read the body only once: a body parser or an earlier request.text() consumes it. Scalekit sends no event without a body',
  }),
  body_object_text: () => ({
    message: 'the body is "[object Object]": a parsed body was converted to a string',
    fix: 'pass the received text or bytes to the verifier, not request.body after express.json()',
  }),
  body_compressed: () => ({
    message:
      'the body is compressed (gzip) and cannot be restored: it was cut off or changed, or is larger than 1 MB',
    fix: 'decompress the body before verification, as servers do for content-encoding: gzip',
  }),
  body_printed: ({ as }) => ({
    message: `the body is the printed form of ${printedForms[String(as)]}, not the bytes that were signed`,
    fix: 'log, forward and verify the received bytes, not a value that was printed',
  }),
  body_truncated: ({ bytes, of }) => ({
    message: `the body was cut off at byte ${bytes}${of === undefined ? '' : ` of ${of}`}: its JSON does not end`,
    fix: 'read and forward the whole body: collect every chunk, and count content-length in bytes, not in characters',
  }),
  body_not_json: ({ start, end, more }) => ({
    message:
      end === undefined
        ? `the body is not JSON (it begins with ${JSON.stringify(show(start))}), and Scalekit signs only JSON`
        : `the JSON of the body ends at byte ${end}; ${Number(more) === 1 ? 'the byte after it is' : `the ${more} bytes after it are`} not JSON`,
    fix:
      end === undefined
        ? 'find out what converted the body on its way, and verify the received bytes'
        : 'find out what appends to the body, such as a reused buffer or a server that adds output',
  }),
  body_from_log: () => ({
    message:
      'this log has the parsed body instead of the received bytes. If your verifier got the same object, that is the cause',
    fix: 'log and verify the received bytes: express.raw(), await request.text(), request.get_data()',
  }),
  question_marks: ({ text }) => ({
    message: `characters were replaced with question marks in ${JSON.stringify(show(text))}, as a conversion to another charset does`,
    fix: 'read, store and forward the body as UTF-8, or as bytes',
  }),
  times_shortened: ({ time }) => ({
    message: `the times in the body were shortened (${show(time)}): Scalekit writes up to 9 digits after the seconds, and parsing a time loses some of them`,
    fix: 'verify the received bytes before anything parses them',
  }),
  characters_replaced: () => ({
    message:
      'the body contains replacement characters (U+FFFD): reading it as text destroyed bytes that were not UTF-8',
    fix: 'handle the body as bytes from the socket to the verifier',
  }),
};

function show(text: string | number | undefined): string {
  return cleanLine(cut(String(text ?? ''), 200));
}
