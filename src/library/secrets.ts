import { randomBytes } from 'node:crypto';
import { HooksError } from '../errors.ts';
import { maskSecret, readSecret, type Secret } from '../signature/secret.ts';

/** A signing secret, or several during a rotation. Each is `whsec_` followed by standard base64. */
export type SecretInput = string | readonly string[];

/** Creates a signing secret with 24 random bytes, for tests. */
export function createSecret(): string {
  return `whsec_${randomBytes(24).toString('base64')}`;
}

type Read = typeof readSecret;

const caches = new Map<Read, Map<string, Secret>>();
/** A test suite uses a few secrets. The limit bounds memory if a program creates thousands. */
const MAX_CACHED = 100;

/** Parses secrets, with a cache. Throws HooksError `invalid_secret` if one is missing or malformed. */
export function readSecrets(input: SecretInput | undefined, read: Read = readSecret): [Secret, ...Secret[]] {
  if (typeof input === 'string') return [readOne(input, read)];
  const texts: readonly unknown[] = Array.isArray(input) ? input : [input];
  const [first, ...rest] = texts.map((text) => readOne(text, read));
  if (!first) throw malformed('empty', '');
  return [first, ...rest];
}

function readOne(text: unknown, read: Read): Secret {
  // Usually an environment variable that is not set.
  if (typeof text !== 'string') throw malformed('empty', '');
  const cache = caches.get(read) ?? new Map<string, Secret>();
  caches.set(read, cache);
  const cached = cache.get(text);
  if (cached) return cached;
  const secret = read(text);
  if (typeof secret === 'string') throw malformed(secret, text);
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(text, secret);
  return secret;
}

function malformed(problem: Exclude<ReturnType<typeof readSecret>, Secret>, text: string): HooksError {
  return new HooksError('invalid_secret', { source: 'options', problem, shown: maskSecret(text.trim()) });
}
