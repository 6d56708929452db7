import type { DeliveryCause } from '../../delivery/causes.ts';

/** What the sentences need to know of the secret that signed a message. */
export interface SecretWords {
  readonly masked: string;
  readonly source: string;
  /** Whether scalekit-hooks made it. */
  readonly isOurs: boolean;
  /** The environment variable that an app reads it from. */
  readonly variable: string;
}

/** A possible cause and its fix, in a sentence each. */
interface CauseWords {
  readonly message: string;
  readonly fix: string;
}

/** Puts a possible cause into words. */
export function explainCause(cause: DeliveryCause, secret: SecretWords): CauseWords {
  return causes[cause](secret);
}

const causes: Record<DeliveryCause, (secret: SecretWords) => CauseWords> = {
  parsed_body: () => ({
    message: 'the body was parsed before it was verified; re-serialized, it is no longer what was signed',
    fix:
      "give the verifier the raw bytes: in Express, app.post('/webhook', express.raw({ type: 'application/json' }), …) " +
      'before express.json(), then req.body.toString(); in Fetch handlers, await request.text()',
  }),
  other_secret: ({ masked, source, isOurs, variable }) => ({
    message: `the handler uses a different signing secret than ${masked} from ${source}`,
    fix: isOurs
      ? `scalekit-hooks made this secret: give it to your app (${variable}="$(npx scalekit-hooks secret)"), or give ` +
        'scalekit-hooks the secret of your app'
      : 'compare it with the secret of your app',
  }),
  dropped_headers: () => ({
    message: 'a webhook-* header did not reach the verifier',
    fix:
      'forward webhook-id, webhook-timestamp and webhook-signature through every proxy; for a Fetch Headers object, pass ' +
      'Object.fromEntries(request.headers)',
  }),
  clock: () => ({
    message: 'the clocks differ: verifiers reject a timestamp that is more than 5 minutes off',
    fix: 'compare date -u on both machines',
  }),
  route_guard: () => ({
    message:
      'something in front of the handler rejects the request: CSRF protection, a login guard or a firewall',
    fix: 'exempt the webhook route: the signature protects it',
  }),
  own_error: () => ({
    message: 'the handler verified the message, then failed for a reason of its own',
    fix: "read the handler's log",
  }),
};
