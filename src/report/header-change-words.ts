import { show, type WordsOf } from './change-form.ts';

const seconds =
  'webhook-timestamp is whole seconds since 1970: Math.floor(Date.now() / 1000), in the header and in the signed text';
const interceptorFix =
  'it is the request of an interceptor: verify it by verifyInterceptorPayload, with the secret of the interceptor';
const whatIsBetween =
  'look at what stands between the sender and here: it must hand headers and body on as they came';

/** The words of changes: headers and times. */
export const headerWords = {
  other_header_names: ({ prefix, header }) => ({
    what: `the signed values are in ${show(header)}, not in webhook-*`,
    fix:
      prefix === 'interceptor-'
        ? interceptorFix
        : 'Scalekit sends webhook-id, webhook-timestamp and webhook-signature (interceptor-* for interceptors), and its SDKs read no other names',
  }),
  header_repeated: ({ header }) => ({
    what: `${show(header)} came more than once; one of them was signed`,
    fix: whatIsBetween,
  }),
  header_joined: ({ header }) => ({
    what: `${show(header)} holds more than the value that was signed, joined by a comma or semicolon`,
    fix: 'a proxy that joins headers of the same name does this: let it replace the header, or pass it on once',
  }),
  header_quoted: ({ header }) => ({
    what: `the value of ${show(header)} has quotation marks around it, which were not signed`,
    fix: 'write the value without quotation marks',
  }),
  event_id_for_webhook_id: () => ({
    what: "the event's own id (evt_…) was signed in place of the webhook-id header",
    fix: 'sign the value of the webhook-id header: it is the id of the message, not of the event',
  }),
  part_not_set: ({ part, text }) => ({
    what: `"${show(text)}" was signed in place of the ${show(part)}: it was not set`,
    fix: 'sign the same id and timestamp that are sent in the headers',
  }),
  timestamp_milliseconds: ({ text }) => ({
    what: `the time was signed or sent in milliseconds (${show(text)})`,
    fix: seconds,
  }),
  timestamp_finer: ({ text }) => ({
    what: `webhook-timestamp is finer than seconds (${show(text)})`,
    fix: seconds,
  }),
  timestamp_fraction: ({ text }) => ({
    what: `webhook-timestamp is no whole number (${show(text)})`,
    fix: seconds,
  }),
  timestamp_date: ({ text }) => ({
    what: `the time was signed or sent as a date (${show(text)})`,
    fix: seconds,
  }),
  timestamp_padded: ({ text }) => ({
    what: `webhook-timestamp has blanks around it, or a sign or zeros before it (${show(text)})`,
    fix: seconds,
  }),
} satisfies WordsOf;
