import type { SecretProblem } from '../errors.ts';

/** A parsed signing secret. */
export interface Secret {
  /** As configured, trimmed. Only the `secret` command prints it. */
  readonly text: string;
  readonly key: Uint8Array;
  /** Set by readAnySecret if the secret is malformed. */
  readonly problem?: SecretProblem;
}

/**
 * Malformed secrets; the first match wins. `not_base64` covers everything else that is not standard base64. The four
 * Scalekit SDKs, standardwebhooks 1.1.1 and svix 1.99.1 disagree on each of these forms. A secret is accepted only if
 * all of them decode it to the same key.
 */
const malformed: [SecretProblem, RegExp][] = [
  ['empty', /^$/],
  // Before the others, some of which take long on a long text.
  ['too_long', /^.{1025}/s],
  ['invisible', /[\p{Cf}\u00a0\u3164]/u],
  ['reference', /^["'`]?\$(?:\{.*\}|\w+)["'`]?$|^%\w+%$/s],
  ['encoded', /^(?:d2hzZWNf|aW5zZWNf)[A-Za-z0-9+/]*={0,2}$/],
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
 * Parses `whsec_` (or `insec_` for interceptors) followed by standard padded base64; surrounding whitespace is trimmed.
 * Returns the name of the problem if the secret is malformed.
 */
export function readSecret(text: string): Secret | SecretProblem {
  const trimmed = text.trim();
  const problem = malformed.find(([, form]) => form.test(trimmed));
  if (problem) return problem[0];
  return { text: trimmed, key: Buffer.from(trimmed.slice(trimmed.indexOf('_') + 1), 'base64') };
}

/** Problems that leave no usable key. */
const unreadable: readonly SecretProblem[] = [
  'empty',
  'too_long',
  'reference',
  'signature_prefix',
  'public_key',
  'client_secret',
];

/**
 * Like readSecret, but decodes a malformed secret as most SDKs do and keeps the problem, so that its effect can be
 * explained. Surrounding quotation marks are removed.
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

/** Standard Webhooks specifies keys of 24 to 64 bytes ("Signature scheme"). */
export function isCommonKeyLength(secret: Secret): boolean {
  return secret.key.length >= 24 && secret.key.length <= 64;
}

/** A secret for display: the prefix and two characters, or only `…` if the prefix is unknown. */
export function maskSecret(text: string): string {
  return /^(?:whsec|insec)_.{0,2}/.exec(text)?.[0].concat('…') ?? '…';
}
