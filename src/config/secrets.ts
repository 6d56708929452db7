import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { isCi } from '../ci.ts';
import { HooksError, type SecretProblem } from '../errors.ts';
import type { Io } from '../io.ts';
import { isUsualKeyLength, maskSecret, readAnySecret, readSecret, type Secret } from '../signature/secret.ts';
import { hasCode, whyUnreadable } from '../system-errors.ts';
import { isReadByOthers, keepNewSecret, newSecret, ownSecretPlace, readOwnSecret } from './own-secret.ts';

/** The signing secrets in use, and where they come from. */
export interface SecretSetting {
  readonly secrets: readonly [Secret, ...Secret[]];
  /** In words, as in `signed with whsec_ab… from .env`. */
  readonly source: string;
  /** Whether it was made by scalekit-hooks, so that a handler knows it only if it was told. */
  readonly isOurs: boolean;
  /** The environment variable that holds them, or would. */
  readonly variable: string;
  /** What a person should know about them. */
  readonly notes: readonly string[];
}

export const SECRET_VARIABLE = 'SCALEKIT_WEBHOOK_SECRET';
/** Interceptors have a secret of their own in the dashboard. */
export const INTERCEPTOR_SECRET_VARIABLE = 'SCALEKIT_INTERCEPTOR_SECRET';

/** How secrets are found, where it is not as usual. */
export interface SecretSearch {
  readonly read?: typeof readSecret;
  readonly variable?: typeof SECRET_VARIABLE | typeof INTERCEPTOR_SECRET_VARIABLE;
  /** Where none is set: the one that is kept for this user, or one for this run only. */
  readonly fallback?: 'kept' | 'made';
}

/**
 * Finds the secrets: `--secret`, then the environment, then .env.local and .env of the working directory, then the one
 * that scalekit-hooks made for this user. The first place that has any wins. Throws HooksError for one that `read` takes
 * for malformed.
 */
export function findSecrets(
  io: Pick<Io, 'env' | 'cwd'>,
  flags: readonly string[],
  { read = readSecret, variable = SECRET_VARIABLE, fallback = 'kept' }: SecretSearch = {},
): SecretSetting {
  const readAll = (texts: readonly string[], source: string, notes: readonly string[]) =>
    readList(texts, { source, notes, read, variable });
  if (flags.length > 0) {
    const note = `--secret can be read by others on this machine while this runs; ${variable} or .env cannot`;
    return readAll(flags, '--secret', [note]);
  }
  for (const [source, find] of placesOf(io, variable)) {
    const value = find();
    if (value !== undefined) return readAll(splitList(value), source, []);
  }
  return fallback === 'kept' ? ownSecret(io.env, variable) : madeForThisRun(variable);
}

/** What is not in use may be unreadable. */
function orNothing(find: () => string | undefined): string {
  try {
    return find() ?? '';
  } catch {
    return '';
  }
}

function madeForThisRun(variable: string): SecretSetting {
  const secret = readSecret(newSecret()) as Secret;
  return { secrets: [secret], source: 'this run, which made it', isOurs: true, variable, notes: [] };
}

/** Secrets that are set somewhere and not in use, with where they are: what an app may have in their place. */
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
  return [...places, ...ownPlace(io.env)].flatMap(([source, find]) =>
    splitList(orNothing(find)).flatMap((text) => {
      const secret = readAnySecret(text);
      if (typeof secret === 'string' || known.has(secret.text)) return [];
      known.add(secret.text);
      return [{ secret, source }];
    }),
  );
}

/** The secret that was made for this user, if there is a place for one. */
function ownPlace(env: Io['env']): [source: string, find: () => string | undefined][] {
  try {
    const { path, source } = ownSecretPlace(env);
    return [[source, () => readOwnSecret(path)]];
  } catch {
    return [];
  }
}

/** Where secrets are looked for, after the flags. */
function placesOf(
  io: Pick<Io, 'env' | 'cwd'>,
  variable: string,
): [source: string, find: () => string | undefined][] {
  return [
    [variable, () => io.env[variable]],
    ...['.env.local', '.env'].map((file): [string, () => string | undefined] => [
      file,
      () => fromEnvFile(join(io.cwd, file), variable),
    ]),
  ];
}

/** The secrets of interceptors, where they are set; see findSecrets. */
export function findInterceptorSecrets(
  io: Pick<Io, 'env' | 'cwd'>,
  read: typeof readSecret,
): SecretSetting | undefined {
  const variable = INTERCEPTOR_SECRET_VARIABLE;
  const isSet = placesOf(io, variable).some(([, find]) => find() !== undefined);
  return isSet ? findSecrets(io, [], { read, variable }) : undefined;
}

/** The secrets as they may be shown. */
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
  const secrets = texts.map((text) => {
    const secret = read(text);
    if (typeof secret === 'string') throw malformed(source, secret, text);
    return secret;
  });
  const [first, ...rest] = secrets;
  if (!first) throw malformed(source, 'empty', '');
  const trimmed = secrets.some(
    (secret, index) => secret.text === texts[index]?.trim() && secret.text !== texts[index],
  );
  const unusual = secrets.find((secret) => !secret.problem && !isUsualKeyLength(secret));
  return {
    secrets: [first, ...rest],
    source,
    isOurs: false,
    variable,
    notes: [
      ...notes,
      ...(trimmed ? [`blanks around the secret from ${source} were left out`] : []),
      ...(unusual
        ? [`the secret from ${source} has a key of ${unusual.key.length} bytes; 24 to 64 are usual`]
        : []),
    ],
  };
}

function malformed(source: string, problem: SecretProblem, text: string): HooksError {
  return new HooksError('invalid_secret', { source, problem, shown: maskSecret(text.trim()) });
}

/** Several secrets in one variable are separated by commas or blanks. `v1,whsec_…` is one malformed secret, not two. */
function splitList(value: string): string[] {
  if (/^\s*["']?v1a?,/.test(value)) return [value];
  const list = value.split(/[\s,]+/).filter((part) => part !== '');
  return list.length > 1 ? list : [value];
}

function fromEnvFile(path: string, variable: string): string | undefined {
  try {
    const bytes = readFileSync(path);
    if (bytes.includes(0)) throw new Error('it is not UTF-8 text (UTF-16, perhaps): save it as UTF-8');
    return parseEnv(bytes.toString('utf8').replace(/^\ufeff/, ''))[variable];
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'EISDIR')) return undefined;
    throw new HooksError('unreadable_file', { path, reason: whyUnreadable(error) });
  }
}

/** The secret that scalekit-hooks made for this user, made on first use: `send` and `listen` agree with nothing set up. */
function ownSecret(env: Io['env'], variable: string): SecretSetting {
  const { path, source } = ownSecretPlace(env);
  const text = readOwnSecret(path) ?? keepNewSecret(path);
  const secret = readSecret(text);
  if (typeof secret === 'string') throw new HooksError('unusable_own_secret', { path: source });
  const isOpen = isReadByOthers(path);
  const notes = [
    ...(variable === INTERCEPTOR_SECRET_VARIABLE
      ? [`${variable} is not set: your interceptor must know the secret from ${source}`]
      : []),
    ...(isCi(env)
      ? [`no other process knows this secret unless it reads ${source} too: set ${variable}`]
      : []),
    ...(isOpen ? [`others on this machine can read ${source}: chmod 600 ${source}`] : []),
  ];
  return { secrets: [secret], source, isOurs: true, variable, notes };
}
