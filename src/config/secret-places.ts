import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Io } from '../io.ts';
import { envFiles, fromEnvFile } from './env-file.ts';
import { ownSecretPlace, readOwnSecret } from './own-secret.ts';

export const SECRET_VARIABLE = 'SCALEKIT_WEBHOOK_SECRET';
/** Interceptors have a separate secret in the Scalekit dashboard. */
export const INTERCEPTOR_SECRET_VARIABLE = 'SCALEKIT_INTERCEPTOR_SECRET';

/** Where a secret may be, and how to read it there: undefined if it is not set. */
export type SecretPlace = readonly [source: string, find: () => string | undefined];

/** The places to search after the flags, in order. */
export function placesOf(io: Pick<Io, 'env' | 'cwd'>, variable: string): SecretPlace[] {
  return [
    [variable, () => io.env[variable]],
    ...envFiles.map((file): SecretPlace => [file, () => fromEnvFile(io.cwd, file, variable)]),
  ];
}

/** The secret that was generated for this user; empty for a user without a home folder. */
export function ownSecretPlaces(env: Io['env']): SecretPlace[] {
  try {
    const { path, source } = ownSecretPlace(env);
    return [[source, () => readOwnSecret(path)]];
  } catch {
    return [];
  }
}

/** Files that frameworks read and this program does not, because which of them count depends on the app. */
const otherFiles = [
  '.env.development.local',
  '.env.development',
  '.env.test',
  '.env.production',
  '.dev.vars',
];

/** Notes about a secret in a file that is not read. A pipe is left out: its writer may never come. */
export function notesElsewhere(cwd: string, variable: string): string[] {
  const isFile = (file: string) => statSync(join(cwd, file), { throwIfNoEntry: false })?.isFile();
  const valueIn = (file: string) => (isFile(file) ? fromEnvFile(cwd, file, variable) : undefined);
  const found = otherFiles.find((file) => valueOrEmpty(() => valueIn(file)) !== '');
  return found
    ? [
        `${found} has a ${variable}, but only .env.local and .env are read. Copy it there, or set the variable`,
      ]
    : [];
}

/** A place that is not in use may be unreadable. */
export function valueOrEmpty(find: () => string | undefined): string {
  try {
    return find() ?? '';
  } catch {
    return '';
  }
}

/** Secrets in a variable are separated by commas or whitespace. `v1,whsec_…` is one malformed secret, not two. */
export function splitList(value: string): string[] {
  if (/^\s*["']?v1a?,/.test(value)) return [value];
  const list = value.split(/[\s,]+/).filter((part) => part !== '');
  return list.length > 1 ? list : [value];
}
