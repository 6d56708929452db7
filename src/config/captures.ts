import { resolve } from 'node:path';
import { HooksError } from '../errors.ts';
import type { Io } from '../io.ts';

const defaultFolder = '.scalekit-hooks/captures';
const exampleUrl = 'redis://localhost:6379';

/** Where captures are stored. */
export interface CapturesPlace {
  /** For messages: the folder as the user wrote it, or the URL without its password. */
  readonly name: string;
  /** Identifies it: the absolute path of the folder, or the server, database and namespace. */
  readonly path: string;
  /** Undefined for a folder. */
  readonly server?: CapturesServer;
}

/** A Redis or Valkey server, and the part of it that holds captures. */
export interface CapturesServer {
  /** With the password. */
  readonly url: URL;
  /** Without it, for messages. */
  readonly name: string;
  /** Every key begins with it. */
  readonly namespace: string;
}

/**
 * `--captures`, or else SCALEKIT_HOOKS_CAPTURES from the environment, or else a folder in the working directory. The
 * variable is not read from `.env`, because a cloned repository could send captures elsewhere.
 */
export function findCapturesPlace(
  { cwd, env }: Pick<Io, 'cwd' | 'env'>,
  { captures: given }: { readonly captures?: string | undefined },
): CapturesPlace {
  const flag = given === undefined ? 'SCALEKIT_HOOKS_CAPTURES' : '--captures';
  const captures = given ?? (env.SCALEKIT_HOOKS_CAPTURES || undefined);
  if (captures?.trim() === '') {
    throw new HooksError('invalid_value', {
      flag,
      value: captures,
      expected: 'a folder, or the URL of a Redis server',
      example: `--captures ${defaultFolder}`,
    });
  }
  // What looks like a URL that lacks a part is no folder: its name may hold a password.
  const likeUrl = /^\s*(?:[a-z][a-z0-9+.-]*:\/\/|rediss?:|[^/\\]*:[^/\\]*@|[\w.-]+:\d+(?:\/\d*)?\s*$)/i;
  if (captures !== undefined && likeUrl.test(captures)) return parseServer(flag, captures.trim());
  const name = captures ?? defaultFolder;
  return { name, path: resolve(cwd, name) };
}

/** `redis://user:password@host:6379/0?namespace=team`. Throws HooksError. */
function parseServer(flag: string, text: string): CapturesPlace {
  const invalid = (expected: string) =>
    new HooksError('invalid_value', {
      flag,
      // A password may hold any character, also one that ends it in a URL.
      value: text.replace(/^([a-z+]*:\/*)?.*@/is, '$1…@'),
      expected,
      example: `--captures ${exampleUrl}`,
    });
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isUnescaped = url
    ? url.hash || !isDecodable(url.username) || !isDecodable(url.password)
    : /^rediss?:\/\/[^@]*[/#?].*@/i.test(text);
  if (isUnescaped) throw invalid('a password in which %, #, / and @ are written as %25, %23, %2F and %40');
  if (!url || !/^rediss?:\/\//i.test(text) || url.hostname === '')
    throw invalid('a folder, or a URL that begins with redis:// or rediss://');
  const [, database = ''] = /^\/?(\d*)\/?$/.exec(url.pathname) ?? [];
  if (!/^\/?\d{0,4}\/?$/.test(url.pathname))
    throw invalid('the number of a database as the path of the URL, such as /0');
  const namespace = url.searchParams.get('namespace') ?? 'scalekit-hooks';
  if ([...url.searchParams.keys()].some((key) => key !== 'namespace'))
    throw invalid('no query in the URL but namespace');
  if (!/^[\w.-]{1,64}$/.test(namespace)) throw invalid('a namespace of letters, digits, ., _ and -');
  const place = `${url.protocol}//${url.host}${database && `/${database}`}`;
  const user = url.username && `${url.username}@`;
  const name = `${url.protocol}//${user}${url.host}${database && `/${database}`}`;
  url.search = '';
  url.pathname = database && `/${database}`;
  url.hash = '';
  return { name, path: `${place}#${namespace}`, server: { url, name, namespace } };
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
