import { randomBytes } from 'node:crypto';
import { HooksError } from '../errors.ts';
import { readSecret, type Secret } from '../signature/secret.ts';

/** A signing secret, or several during a rotation: `whsec_` and standard base64. */
export type SecretInput = string | readonly string[];

/** A new signing secret of 24 random bytes, for a test of its own. */
export function createSecret(): string {
  return `whsec_${randomBytes(24).toString('base64')}`;
}

const known = new Map<string, Secret>();
/** A test suite has a few; whoever makes thousands keeps none. */
const MOST_KNOWN = 100;

/** Reads secrets. Each is made ready once. Throws HooksError for a malformed one, or none. */
export function readSecrets(input: SecretInput): [Secret, ...Secret[]] {
  if (typeof input === 'string') return [readOne(input)];
  const texts: readonly unknown[] = Array.isArray(input) ? input : [input];
  const [first, ...rest] = texts.map(readOne);
  if (!first) throw malformed('empty', '');
  return [first, ...rest];
}

function readOne(text: unknown): Secret {
  // A variable that is not set is the usual mistake.
  if (typeof text !== 'string') throw malformed('empty', '');
  const before = known.get(text);
  if (before) return before;
  const secret = readSecret(text);
  if (typeof secret === 'string') throw malformed(secret, text);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(text, secret);
  return secret;
}

function malformed(problem: Exclude<ReturnType<typeof readSecret>, Secret>, text: string): HooksError {
  return new HooksError('invalid_secret', { source: 'options', problem, shown: text.trim().slice(0, 6) });
}
