import { randomBytes } from 'node:crypto';
import { HooksError } from '../errors.ts';
import { maskSecret, readSecret, type Secret } from '../signature/secret.ts';

/** A signing secret, or several during a rotation: `whsec_` and standard base64. */
export type SecretInput = string | readonly string[];

/** A new signing secret of 24 random bytes, for a test of its own. */
export function createSecret(): string {
  return `whsec_${randomBytes(24).toString('base64')}`;
}

type Read = typeof readSecret;

const known = new Map<Read, Map<string, Secret>>();
/** A test suite has a few; whoever makes thousands keeps none. */
const MOST_KNOWN = 100;

/** Reads secrets. Each is made ready once. Throws HooksError for one that `read` takes for malformed, or none. */
export function readSecrets(input: SecretInput, read: Read = readSecret): [Secret, ...Secret[]] {
  if (typeof input === 'string') return [readOne(input, read)];
  const texts: readonly unknown[] = Array.isArray(input) ? input : [input];
  const [first, ...rest] = texts.map((text) => readOne(text, read));
  if (!first) throw malformed('empty', '');
  return [first, ...rest];
}

function readOne(text: unknown, read: Read): Secret {
  // A variable that is not set is the usual mistake.
  if (typeof text !== 'string') throw malformed('empty', '');
  const ready = known.get(read) ?? new Map<string, Secret>();
  known.set(read, ready);
  const before = ready.get(text);
  if (before) return before;
  const secret = read(text);
  if (typeof secret === 'string') throw malformed(secret, text);
  if (ready.size >= MOST_KNOWN) ready.clear();
  ready.set(text, secret);
  return secret;
}

function malformed(problem: Exclude<ReturnType<typeof readSecret>, Secret>, text: string): HooksError {
  return new HooksError('invalid_secret', { source: 'options', problem, shown: maskSecret(text.trim()) });
}
