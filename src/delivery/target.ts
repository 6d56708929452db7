import { HooksError } from '../errors.ts';
import type { Headers } from '../message.ts';
import { matchesPattern } from '../names.ts';

/** The URL to deliver messages to. */
export interface Target {
  /** Without credentials and fragment, so that it is safe to print. */
  readonly url: URL;
  /** The value for the authorization header, if the URL had a user name and password. */
  readonly authorization?: string;
  /** Whether this is the default target. */
  readonly isUsual?: boolean;
  /** Notes for people about ignored or added parts. */
  readonly notes: readonly string[];
}

/**
 * Parses a target: a port (`3000`), a port and path (`:3000/hooks`), a local host without a scheme
 * (`localhost:3000/x`), or a URL. Without a path, the short forms mean `/webhook`. Throws HooksError `invalid_target`,
 * which names `source`, the flag or variable of the target.
 */
export function parseTarget(text: string, source?: string): Target {
  const trimmed = text.trim();
  const invalid: MakeError = (reason, fix) =>
    new HooksError('invalid_target', {
      text: withoutCredentials(text),
      reason,
      ...(source !== undefined && { source }),
      ...(fix !== undefined && { fix }),
    });
  if (trimmed === '') throw invalid('the target is empty');
  if (/[\s\p{Cc}]/u.test(trimmed))
    throw invalid('a URL cannot contain whitespace or control characters (write a space as %20)');

  const url = parseUrl(withScheme(trimmed, invalid), invalid);
  const notes: string[] = [];
  if (url.hash) {
    notes.push(`ignoring the fragment ${url.hash}: fragments are never sent to a server`);
    url.hash = '';
  }
  const { username, password } = url;
  url.username = '';
  url.password = '';
  if (!username && !password) return { url, notes };
  const credentials = decode(`${username}:${password}`);
  if (credentials === undefined)
    throw invalid('the user name or password has an invalid % escape (write % as %25)');
  return { url, notes, authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}

/** The authorization header, if the target's URL had a user name and password; else empty. */
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

/** Text that is not a valid URL can still contain a password before its last @. */
function withoutCredentials(text: string): string {
  return text.replace(/^([a-z]+:\/*)?.*@/is, '$1…@');
}

type MakeError = (reason: string, fix?: string) => HooksError;

const INVALID_PORT = 'the port must be a number from 1 to 65535';

/** Expands short forms to a URL. `new URL('localhost:3000')` would parse `localhost:` as the scheme. */
function withScheme(text: string, invalid: MakeError): string {
  const short = /^:?([0-9]+)([/?].*)?$/.exec(text);
  if (short) return `http://localhost:${short[1]}${short[2] ?? DEFAULT_PATH}`;
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === 'http' || scheme === 'https') return text;
  if (scheme) throw invalid(`the scheme must be http: or https:, not ${scheme}:`);
  const host = /^(\[[^\]]*\]|[^:/?#]*)(?=$|[/?#]|:[0-9]+(?:[/?#]|$))/.exec(text)?.[1];
  if (host && isLocalHost(host)) return `http://${withDefaultPath(text)}`;
  if (host)
    throw invalid(
      `${host} is not a local host, so the target needs http:// or https:// at the start`,
      // `./app.mjs` is a file.
      /^\.|\.(?:[cm]?[jt]sx?|py|rb|php|go|json)$/i.test(host)
        ? undefined
        : `use https://${withoutCredentials(text)}`,
    );
  if (/^(?:localhost)?:[^/?#@]*(?:[/?#]|$)/.test(text)) throw invalid(INVALID_PORT);
  const prefix = /^[^:/]*:/.exec(text)?.[0];
  throw invalid(`a URL must start with http:// or https://${prefix ? `, not ${prefix}` : ''}`);
}

/** A short form without a path means this one; a URL is taken as it is. */
const DEFAULT_PATH = '/webhook';

function withDefaultPath(text: string): string {
  return /[/?#]/.test(text) ? text : `${text}${DEFAULT_PATH}`;
}

function parseUrl(text: string, invalid: MakeError): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.hostname && url.port !== '0') return url;
  const authority = /^https?:\/\/([^/?#]*)/i.exec(text)?.[1] ?? '';
  const port = /:([^:\]]*)$/.exec(authority.slice(authority.lastIndexOf('@') + 1))?.[1];
  const isPort = port === undefined || (/^[0-9]+$/.test(port) && Number(port) >= 1 && Number(port) <= 65535);
  throw invalid(isPort ? 'it is not a valid URL' : INVALID_PORT);
}

/**
 * Whether a host is on this machine or network, so that generated events can go there without --allow-host: loopback,
 * private and link-local addresses, single-label names, and .local, .internal, .test and .localhost.
 */
export function isLocalHost(hostname: string): boolean {
  const host = hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
  if (metadataHosts.includes(host)) return false;
  if (/^[0-9.]+$/.test(host)) return isLocalV4(host);
  if (host.includes(':')) return isLocalV6(host);
  return host !== '' && (!host.includes('.') || /\.(local|internal|test|localhost)$/.test(host));
}

/** Where cloud machines get their credentials: nobody sends events there. */
const metadataHosts = [
  '169.254.169.254',
  '169.254.170.2',
  '169.254.170.23',
  'fd00:ec2::254',
  'fd00:ec2::23',
  'fd20:ce::254',
  'metadata',
  'metadata.google.internal',
  'instance-data',
  'instance-data.ec2.internal',
];

/** 127/8, 10/8, 172.16/12, 192.168/16, 169.254/16 and 0.0.0.0 (RFC 1122, 1918, 3927). */
function isLocalV4(address: string): boolean {
  if (metadataHosts.includes(address)) return false;
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

/** The target for events whose type matches a pattern. */
export interface Route {
  readonly pattern: string;
  readonly target: Target;
}

/** The target of the first matching route; undefined if no route matches. */
export function routeOf(eventType: string | null, routes: readonly Route[]): Target | undefined {
  return routes.find(({ pattern }) => matchesPattern(eventType ?? '', pattern))?.target;
}
