import { HooksError } from '../errors.ts';
import type { Io } from '../io.ts';
import { envFiles, fromEnvFile } from './env-file.ts';

/** What Scalekit's API takes to give an access token. */
export interface ScalekitCredentials {
  /** Without a path; https, except on this machine. */
  readonly environment: URL;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where they come from: the environment, `.env.local` or `.env`. */
  readonly source: string;
}

/** The variables, the first of each is the one to set. */
const variables = {
  environment: ['SCALEKIT_ENVIRONMENT_URL', 'SCALEKIT_ENV_URL'],
  clientId: ['SCALEKIT_CLIENT_ID'],
  clientSecret: ['SCALEKIT_CLIENT_SECRET'],
} as const;

type CredentialName = keyof typeof variables;
const names = Object.keys(variables) as CredentialName[];

interface Source {
  readonly name: string;
  read(variable: string): string | undefined;
}

/**
 * Credentials from one source: a cloned repository's `.env` could otherwise send a secret of the shell to its own host.
 * Only the URL may come from a flag. Throws HooksError.
 */
export function findCredentials(
  io: Pick<Io, 'env' | 'cwd'>,
  environmentUrl: string | undefined,
): ScalekitCredentials {
  const sources: readonly Source[] = [
    { name: 'the environment', read: (variable) => io.env[variable] },
    ...envFiles.map((file) => ({
      name: file,
      read: (variable: string) => fromEnvFile(io.cwd, file, variable),
    })),
  ];
  const wanted = environmentUrl === undefined ? names : names.filter((name) => name !== 'environment');
  const found = sources.map((source) => ({ source: source.name, values: valuesOf(source, wanted) }));
  const whole = found.find(({ values }) => wanted.every((name) => values[name] !== undefined));
  const first = found.find(({ values }) => wanted.some((name) => values[name] !== undefined));
  if (!whole || whole !== first) {
    const set = first?.values ?? {};
    const missing = wanted.filter((name) => set[name] === undefined).map((name) => variables[name][0]);
    const elsewhere = found.find(
      (each) => each !== first && wanted.some((name) => each.values[name] !== undefined),
    );
    throw new HooksError('missing_credentials', {
      missing,
      source: first?.source,
      elsewhere: elsewhere?.source,
    });
  }
  const { values, source } = whole;
  const given = environmentUrl ?? values.environment!;
  return {
    environment: readEnvironment(given, environmentUrl === undefined ? source : '--environment-url'),
    clientId: values.clientId!,
    clientSecret: values.clientSecret!,
    source,
  };
}

function valuesOf(
  source: Source,
  wanted: readonly CredentialName[],
): Partial<Record<CredentialName, string>> {
  const values: Partial<Record<CredentialName, string>> = {};
  for (const name of wanted) {
    const value = variables[name].map((variable) => source.read(variable)?.trim()).find((text) => text);
    if (value) values[name] = value;
  }
  return values;
}

/** Throws HooksError for a URL that a secret must not be sent to. */
function readEnvironment(text: string, source: string): URL {
  const invalid = (reason: string) => new HooksError('invalid_environment_url', { text, source, reason });
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) throw invalid('it is not a URL that begins with https://');
  if (url.username || url.password) throw invalid('it contains a user name or password');
  if (url.pathname !== '/' || url.search || url.hash) throw invalid('it has a path, a query or a fragment');
  const isLocal = /^(?:localhost|127\.[\d.]+|\[::1\])$/.test(url.hostname);
  if (url.protocol === 'http:' && !isLocal)
    throw invalid('it begins with http://, which would send the secret unencrypted');
  return url;
}
