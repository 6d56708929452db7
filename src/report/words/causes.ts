import type { Cause } from '../../delivery/causes.ts';

/** What scalekit-hooks knows of the secret, for the sentences of causes. */
export interface SecretWords {
  readonly masked: string;
  readonly source: string;
  readonly isOurs: boolean;
  /** The environment variable that an app reads it from. */
  readonly variable: string;
}

/** A possible cause in a sentence, with the fix. */
export function explainCause(cause: Cause, secret: SecretWords): string {
  return causes[cause](secret);
}

const causes: Record<Cause, (secret: SecretWords) => string> = {
  parsed_body: () =>
    'the body was parsed before it was verified, and written again it is no longer what was signed. Give the verifier ' +
    "the raw bytes: in Express app.post('/webhook', express.raw({ type: 'application/json' }), …) before express.json(), " +
    'then req.body.toString(); with Fetch handlers await request.text()',
  other_secret: ({ masked, source, isOurs, variable }) =>
    isOurs
      ? `the handler has another secret. This message was signed with ${masked}, which scalekit-hooks made: give it to your ` +
        `app (${variable}="$(npx scalekit-hooks secret)"), or give scalekit-hooks the one of your app`
      : `the handler has another secret. This message was signed with ${masked} from ${source}: compare with your app's`,
  dropped_headers: () =>
    'the webhook-id, webhook-timestamp or webhook-signature header did not reach the verifier: a proxy or an adapter left ' +
    'it out, or the verifier was given a Headers object (Object.fromEntries(request.headers) makes a plain one)',
  clock: () =>
    'the clocks differ: verifiers refuse a timestamp that is more than 5 minutes from their own time. Compare date -u on both sides',
  route_guard: () =>
    'something before the handler refuses: CSRF protection, a login guard, or a firewall. Exempt the webhook route: its signature is the guard',
  own_error: () =>
    'the handler verified the message and then failed on its own account: its log has the error',
};
