import type { Observation, ObservationCode } from '../../signature/explain/observations.ts';
import { cleanLine, cut } from '../clean.ts';
import type { ChangeWords } from './change-form.ts';

import { duration } from './verdicts.ts';

type ObservationDetails = Readonly<Record<string, string | number>>;

/** What was seen, in words, and how to mend it. */
export function explainObservation({ code, details = {} }: Observation): ChangeWords {
  return words[code](details);
}

const words: Record<ObservationCode, (details: ObservationDetails) => ChangeWords> = {
  headers_lost: ({ headers }) => ({
    message: `there is no ${show(headers)}`,
    fix: 'something on the way left it out: a proxy or adapter that hands on known headers only, nginx with underscores_in_headers off, a test that does not sign',
  }),
  headers_of_other_name: ({ headers }) => ({
    message: `in its place there is ${show(headers)}`,
    fix: 'Scalekit sends webhook-id, webhook-timestamp and webhook-signature (interceptor-* for interceptors), and its SDKs read no other names',
  }),
  signature_empty: () => ({
    message: 'webhook-signature has no signature in it',
    fix: 'whoever signs got nothing from its HMAC: look at what it writes into the header',
  }),
  signature_not_set: ({ text }) => ({
    message: `webhook-signature is "${show(text)}": there was no value yet when it was written`,
    fix: 'whoever signs must wait for its HMAC (await), and write its text into the header',
  }),
  signature_asymmetric_only: () => ({
    message:
      'there are only asymmetric signatures (v1a, ed25519), which need a public key (whpk_) and not a secret',
    fix: 'Scalekit signs with v1: is this a message of another service?',
  }),
  too_old: ({ seconds }) => ({
    message: `it was signed ${duration(Number(seconds))} ago, more than is tolerated`,
    fix: 'sign anew for each delivery, as scalekit-hooks replay does (or this clock is ahead); verify --at judges an old message as of another time',
  }),
  too_new: ({ seconds }) => ({
    message: `it was signed ${duration(Number(seconds))} ahead of now, more than is tolerated`,
    fix: 'the clock there or here is wrong: compare date -u on both sides',
  }),
  time_zone: ({ hours }) => ({
    message: `that is ${hours} h to the minute, as when local time is taken for UTC`,
    fix: 'take seconds since 1970 from the clock itself: Date.now(), time.time(), time.Now().Unix()',
  }),
  body_empty: () => ({
    message: 'the body is empty',
    fix: 'something read it before: a body parser, or a second request.text(); Scalekit sends no event without a body',
  }),
  body_object_text: () => ({
    message: 'the body is "[object Object]": a parsed body was turned into text',
    fix: 'give the verifier the text or bytes that arrived, not request.body after express.json()',
  }),
  characters_replaced: () => ({
    message:
      'the body has replacement characters (U+FFFD): bytes that were not UTF-8 were lost when it was read as text',
    fix: 'handle the body as bytes from the socket to the verifier',
  }),
};

function show(text: string | number | undefined): string {
  return cleanLine(cut(String(text ?? ''), 200));
}
