import { isCiSet } from '../ci.ts';
import { HooksError, type SecretProblem } from '../errors.ts';
import type { Io } from '../io.ts';
import {
  isCommonKeyLength,
  maskSecret,
  readAnySecret,
  readSecret,
  type Secret,
} from '../signature/secret.ts';
import { isReadByOthers, keepNewSecret, newSecret, ownSecretPlace, readOwnSecret } from './own-secret.ts';
import {
  INTERCEPTOR_SECRET_VARIABLE,
  notesElsewhere,
  ownSecretPlaces,
  placesOf,
  SECRET_VARIABLE,
  splitList,
  valueOrEmpty,
} from './secret-places.ts';

/** The signing secrets in use, and where they come from. */
export interface SecretSetting {
  readonly secrets: readonly [Secret, ...Secret[]];
  /** For messages: `signed with whsec_ab… from .env`. */
  readonly source: string;
  /** Whether scalekit-hooks generated it, so that a handler has it only if the user configured it there. */
  readonly isOurs: boolean;
  /** The environment variable for these secrets, whether or not it is set. */
  readonly variable: string;
  readonly notes: readonly string[];
}

/** Each message is verified with every secret. While one is replaced by another, there are two. */
const MAX_SECRETS = 100;

export interface SecretSearch {
  readonly read?: typeof readSecret;
  readonly variable?: typeof SECRET_VARIABLE | typeof INTERCEPTOR_SECRET_VARIABLE;
  /** The secret to use if none is set: the one stored for this user (`kept`), or a new one for this run (`made`). */
  readonly fallback?: 'kept' | 'made';
}

/**
 * Looks in `--secret`, the environment, .env.local and .env in the working directory, and for the secret that
 * scalekit-hooks generated for this user. The first one found wins. Throws HooksError if `read` rejects it.
 */
export function findSecrets(
  io: Pick<Io, 'env' | 'cwd'>,
  flags: readonly string[],
  { read = readSecret, variable = SECRET_VARIABLE, fallback = 'kept' }: SecretSearch = {},
): SecretSetting {
  const readAll = (texts: readonly string[], source: string, notes: readonly string[]) =>
    readList(texts, { source, notes, read, variable });
  if (flags.length > 0) {
    const note = `other users of this machine can see --secret in the process list. Use ${variable} or .env instead`;
    return readAll(flags, '--secret', [note]);
  }
  for (const [source, find] of placesOf(io, variable)) {
    const value = find();
    if (value !== undefined) return readAll(splitList(value), source, []);
  }
  if (fallback === 'made') return generateForThisRun(variable);
  const own = ownSecret(io.env, variable);
  return { ...own, notes: [...own.notes, ...notesElsewhere(io.cwd, variable)] };
}

function generateForThisRun(variable: string): SecretSetting {
  const secret = readSecret(newSecret()) as Secret;
  return { secrets: [secret], source: 'this run', isOurs: true, variable, notes: [] };
}

/** Secrets that are set but not in use, and their sources: the app may be using one of them by mistake. */
export function otherSecrets(
  io: Pick<Io, 'env' | 'cwd'>,
  inUse: SecretSetting,
): { secret: Secret; source: string }[] {
  const known = new Set(inUse.secrets.map(({ text }) => text));
  const variables = [SECRET_VARIABLE, INTERCEPTOR_SECRET_VARIABLE];
  const places = variables.flatMap((variable) =>
    placesOf(io, variable).map(
      ([source, find]) =>
        [
          source === variable || variable === inUse.variable ? source : `${source} (${variable})`,
          find,
        ] as const,
    ),
  );
  return [...places, ...ownSecretPlaces(io.env)].flatMap(([source, find]) =>
    splitList(valueOrEmpty(find))
      .slice(0, MAX_SECRETS)
      .flatMap((text) => {
        const secret = readAnySecret(text);
        if (typeof secret === 'string' || known.has(secret.text)) return [];
        known.add(secret.text);
        return [{ secret, source }];
      }),
  );
}

/** Undefined if no interceptor secret is set. Throws HooksError, as findSecrets does. */
export function findInterceptorSecrets(
  io: Pick<Io, 'env' | 'cwd'>,
  read: typeof readSecret,
): SecretSetting | undefined {
  const variable = INTERCEPTOR_SECRET_VARIABLE;
  const isSet = placesOf(io, variable).some(([, find]) => find() !== undefined);
  return isSet ? findSecrets(io, [], { read, variable }) : undefined;
}

/** For messages: masked, joined by "and". */
export function maskedSecrets({ secrets }: SecretSetting): string {
  return secrets.map(({ text }) => maskSecret(text)).join(' and ');
}

function readList(
  texts: readonly string[],
  {
    source,
    notes,
    read,
    variable,
  }: Required<Pick<SecretSearch, 'read' | 'variable'>> & { source: string; notes: readonly string[] },
): SecretSetting {
  if (texts.length > MAX_SECRETS) throw malformed(source, 'too_many', '');
  const secrets = texts.map((text, index) => {
    const secret = read(text);
    const one = texts.length > 1 ? `${source} (${index + 1} of ${texts.length})` : source;
    if (typeof secret === 'string') throw malformed(one, secret, text);
    return secret;
  });
  const [first, ...rest] = secrets;
  if (!first) throw malformed(source, 'empty', '');
  const trimmed = secrets.some(
    (secret, index) => secret.text === texts[index]?.trim() && secret.text !== texts[index],
  );
  const unusual = secrets.find((secret) => !secret.problem && !isCommonKeyLength(secret));
  return {
    secrets: [first, ...rest],
    source,
    isOurs: false,
    variable,
    notes: [
      ...notes,
      ...(trimmed ? [`ignored the whitespace around the secret from ${source}`] : []),
      ...(unusual
        ? [
            `the secret from ${source} has a key of ${unusual.key.length} bytes; most keys have 24 to 64 bytes`,
          ]
        : []),
    ],
  };
}

function malformed(source: string, problem: SecretProblem, text: string): HooksError {
  return new HooksError('invalid_secret', { source, problem, shown: maskSecret(text.trim()) });
}

/** Generated on first use and stored for this user, so that `send` and `listen` share a secret without any setup. */
function ownSecret(env: Io['env'], variable: string): SecretSetting {
  const { path, source } = ownSecretPlace(env);
  const text = readOwnSecret(path) ?? keepNewSecret(path);
  const secret = readSecret(text);
  if (typeof secret === 'string') throw new HooksError('unusable_own_secret', { path: source });
  const isOpen = isReadByOthers(path);
  const notes = [
    ...(variable === INTERCEPTOR_SECRET_VARIABLE
      ? [`${variable} is not set. Configure your interceptor with the secret from ${source}`]
      : []),
    ...(isCiSet(env)
      ? [`other processes do not have this secret unless they read ${source}. Set ${variable}`]
      : []),
    ...(isOpen ? [`other users of this machine can read ${source}. Run chmod 600 ${source}`] : []),
  ];
  return { secrets: [secret], source, isOurs: true, variable, notes };
}
