import type { SecretProblem } from '../errors.ts';

/** A signing secret that is ready for use. */
export interface Secret {
  /** As configured, blanks trimmed. Never printed but by `secret`. */
  readonly text: string;
  readonly key: Uint8Array;
  /** What is wrong with it, for one that was read all the same; see readAnySecret. */
  readonly problem?: SecretProblem;
}

/**
 * Forms that are told apart by name, first match first. The last row but one catches every other text that is not
 * standard base64. Sources: facts of the four Scalekit SDKs, standardwebhooks 1.1.1 and svix 1.99.1, which differ on
 * all of these; only what every one of them reads alike is let through.
 */
const malformed: [SecretProblem, RegExp][] = [
  ['empty', /^$/],
  ['quoted', /^["'`].*|.*["'`]$/s],
  ['signature_prefix', /^v1a?,/],
  ['public_key', /^whpk_/],
  ['client_secret', /^(?:test|prod|dev|stg|prd|skc|[a-z]+_skc)_/],
  ['no_prefix', /^(?!whsec_|insec_)/],
  ['empty_key', /^[a-z]+_=*$/],
  ['second_underscore', /^[^_]*_[^_]*_/],
  ['base64url', /^[a-z]+_[A-Za-z0-9+/=-]*-[A-Za-z0-9+/=-]*$/],
  ['not_base64', /^[a-z]+_(?![A-Za-z0-9+/]*={0,2}$)/s],
  ['padding', /^[a-z]+_(?!(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$)/],
];

/**
 * Reads a secret: `whsec_` (or `insec_`, of interceptors) and standard padded base64. Blanks and line ends around it
 * are trimmed. A malformed one is returned as the name of what is wrong with it.
 */
export function readSecret(text: string): Secret | SecretProblem {
  const trimmed = text.trim();
  const problem = malformed.find(([, form]) => form.test(trimmed));
  if (problem) return problem[0];
  return { text: trimmed, key: Buffer.from(trimmed.slice(trimmed.indexOf('_') + 1), 'base64') };
}

/** What is no signing secret at all, however it is read. */
const unreadable: readonly SecretProblem[] = ['empty', 'signature_prefix', 'public_key', 'client_secret'];

/**
 * As readSecret, but a malformed secret is read as most SDKs would read it, with its problem: to say what becomes of a
 * message when one is used. Quotation marks around it are left out.
 */
export function readAnySecret(text: string): Secret | SecretProblem {
  const secret = readSecret(text);
  if (typeof secret !== 'string' || unreadable.includes(secret)) return secret;
  const bare = text.trim().replace(/^["'`]+|["'`]+$/g, '');
  const inner = secret === 'quoted' ? readAnySecret(bare) : undefined;
  if (inner) return typeof inner === 'string' ? inner : { ...inner, problem: 'quoted' };
  const encoded = bare.includes('_') ? bare.split('_')[1]! : bare;
  return { text: bare, key: Buffer.from(encoded, 'base64'), problem: secret };
}

/** Standard Webhooks asks for keys of 24 to 64 bytes ("Signature scheme"). */
export function isUsualKeyLength(secret: Secret): boolean {
  return secret.key.length >= 24 && secret.key.length <= 64;
}

/** A secret as it may be shown: the prefix and two characters; of one without a prefix that is known, nothing. */
export function maskSecret(text: string): string {
  return /^(?:whsec|insec)_.{0,2}/.exec(text)?.[0].concat('…') ?? '…';
}
