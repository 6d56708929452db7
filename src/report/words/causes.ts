import type { DeliveryCause } from '../../delivery/answers/causes.ts';

/** The secret that signed a message, as the sentences describe it. */
export interface SecretWords {
  readonly masked: string;
  readonly source: string;
  /** Whether scalekit-hooks generated it. */
  readonly isOurs: boolean;
  /** The environment variable that an app reads it from. */
  readonly variable: string;
}

/** A possible cause and its fix, in a sentence each. */
interface CauseWords {
  readonly message: string;
  readonly fix: string;
}

/** Describes a possible cause of a rejected delivery. */
export function explainCause(cause: DeliveryCause, secret: SecretWords): CauseWords {
  return causes[cause](secret);
}

const causes: Record<DeliveryCause, (secret: SecretWords) => CauseWords> = {
  parsed_body: () => ({
    message:
      'the handler parsed the body before verifying it; re-serializing changes the bytes that were signed',
    fix:
      "pass the raw bytes to the verifier: in Express, app.post('/webhook', express.raw({ type: 'application/json' }), …) " +
      'before express.json(), then req.body.toString(); in Fetch handlers, await request.text()',
  }),
  other_secret: ({ masked, source, isOurs, variable }) => ({
    message: `the handler uses a different signing secret than ${masked} from ${source}`,
    fix: isOurs
      ? `in your app, set the secret that scalekit-hooks generated (${variable}="$(npx scalekit-hooks secret)"), or use ` +
        "your app's secret in scalekit-hooks"
      : 'compare it with the secret of your app',
  }),
  invalid_secret: ({ variable }) => ({
    message: "the handler's signing secret is missing or cannot be decoded",
    fix: `set ${variable} in the app to the whole secret, including whsec_, without quotation marks or spaces`,
  }),
  dropped_headers: () => ({
    message: 'a webhook-* header did not reach the verifier',
    fix:
      'forward webhook-id, webhook-timestamp and webhook-signature through every proxy; for a Fetch Headers object, pass ' +
      'Object.fromEntries(request.headers)',
  }),
  clock: () => ({
    message: 'the clocks differ: verifiers reject a timestamp that is more than 5 minutes off',
    fix: 'compare the output of date -u on both machines',
  }),
  route_guard: () => ({
    message: 'CSRF protection, a login guard or a firewall in front of the handler rejected the request',
    fix: 'exempt the webhook route; the signature protects it',
  }),
  dependency: () => ({
    message: 'the handler got an error from a database or another service that it uses',
    fix: 'start the database or service that the response names, and check its address and credentials in the settings of the app',
  }),
  own_error: () => ({
    message: 'the handler failed with an error, before or after it verified the message',
    fix: "read the error in the handler's log",
  }),
  other_header: () => ({
    message: 'the handler reads the signature from a header that Scalekit does not send',
    fix: 'read webhook-id, webhook-timestamp and webhook-signature',
  }),
};
