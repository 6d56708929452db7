import { HooksError } from '../errors.ts';
import type { Headers } from '../message.ts';
import { matchesPattern } from '../names.ts';

/** Where messages are delivered to. */
export interface Target {
  /** Without credentials and fragment, so that it can be shown. */
  readonly url: URL;
  /** The value of an authorization header, when the URL came with a user and password. */
  readonly authorization?: string;
  /** Whether nobody named it, so that it is the usual place. */
  readonly isUsual?: boolean;
  /** What was left out or filled in, in words. */
  readonly notes: readonly string[];
}

/**
 * Reads a target: a port (`3000`), a port and path (`:3000/hooks`), a host without scheme when it is local
 * (`localhost:3000/x`), or a URL. Throws HooksError `invalid_target`.
 */
export function parseTarget(text: string): Target {
  const trimmed = text.trim();
  const refuse = (reason: string) =>
    new HooksError('invalid_target', { text: withoutCredentials(text), reason });
  if (trimmed === '') throw refuse('it is empty');
  if (/[\s\p{Cc}]/u.test(trimmed))
    throw refuse('a URL has no blanks or control characters in it (write %20)');

  const url = parseUrl(withScheme(trimmed, refuse), refuse);
  const notes: string[] = [];
  if (url.hash) {
    notes.push(`the fragment ${url.hash} was left out: it is never sent to a server`);
    url.hash = '';
  }
  const { username, password } = url;
  url.username = '';
  url.password = '';
  if (!username && !password) return { url, notes };
  const credentials = decode(`${username}:${password}`);
  if (credentials === undefined) throw refuse('% in a user or password is written %25');
  return { url, notes, authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}

/** The header by which a target wants to be asked, when its URL came with a user and password; else none. */
export function credentialsOf({ authorization }: Target): Headers {
  return authorization === undefined ? [] : [['authorization', authorization]];
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** What is no URL may hold a password all the same, before its last @. */
function withoutCredentials(text: string): string {
  return text.replace(/^([a-z]+:\/*)?.*@/is, '$1…@');
}

type Refuse = (reason: string) => HooksError;

/** Puts `http://` and a host before a short form. `new URL('localhost:3000')` would take `localhost:` for a scheme. */
function withScheme(text: string, refuse: Refuse): string {
  const short = /^:?([0-9]+)([/?].*)?$/.exec(text);
  if (short) return `http://localhost:${short[1]}${short[2] ?? '/webhook'}`;
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === 'http' || scheme === 'https') return text;
  if (scheme) throw refuse(`${scheme}: is not http: or https:`);
  const host = /^(\[[^\]]*\]|[^:/?#]*)(?=$|[/?#]|:[0-9]+(?:[/?#]|$))/.exec(text)?.[1];
  if (host && isLocalHost(host)) return `http://${text}`;
  if (host)
    throw refuse(`it has no scheme, and ${host} is not a local host: write http:// or https:// before it`);
  throw refuse(`${/^[^:/]*:/.exec(text)?.[0] ?? 'it'} is not http:// or https://`);
}

function parseUrl(text: string, refuse: Refuse): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.hostname && url.port !== '0') return url;
  const authority = /^https?:\/\/([^/?#]*)/i.exec(text)?.[1] ?? '';
  const port = /:([^:\]]*)$/.exec(authority.slice(authority.lastIndexOf('@') + 1))?.[1];
  const isPort = port === undefined || (/^[0-9]+$/.test(port) && Number(port) >= 1 && Number(port) <= 65535);
  throw refuse(isPort ? 'it is not a URL' : 'a port is a number from 1 to 65535');
}

/**
 * Whether a host is on this machine or network, so that a made-up event may go there without being asked for:
 * loopback, private and link-local addresses, single-label names, and .local, .internal, .test and .localhost.
 */
export function isLocalHost(hostname: string): boolean {
  const host = hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
  if (/^[0-9.]+$/.test(host)) return isLocalV4(host);
  if (host.includes(':')) return isLocalV6(host);
  return host !== '' && (!host.includes('.') || /\.(local|internal|test|localhost)$/.test(host));
}

/** 127/8, 10/8, 172.16/12, 192.168/16, 169.254/16 and 0.0.0.0 (RFC 1122, 1918, 3927). */
function isLocalV4(address: string): boolean {
  return /^(127\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2[0-9]|3[01])\.|0\.0\.0\.0$)/.test(address);
}

/** ::1, ::, fc00::/7, fe80::/10, and local IPv4 addresses in IPv6 form (RFC 4291, 4193). */
function isLocalV6(address: string): boolean {
  if (address === '::1' || address === '::') return true;
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address);
  if (mapped) {
    const [high, low] = [Number.parseInt(mapped[1]!, 16), Number.parseInt(mapped[2]!, 16)];
    return isLocalV4([high >> 8, high & 255, low >> 8, low & 255].join('.'));
  }
  return /^f[cd][0-9a-f]{2}:|^fe[89ab][0-9a-f]:/.test(address);
}

/** Where events of a type or pattern go. */
export interface Route {
  readonly pattern: string;
  readonly target: Target;
}

/** Where an event goes: the first route that its type fits; undefined for nowhere. */
export function routeOf(eventType: string | null, routes: readonly Route[]): Target | undefined {
  return routes.find(({ pattern }) => matchesPattern(eventType ?? '', pattern))?.target;
}
