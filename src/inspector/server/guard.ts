import { timingSafeEqual } from 'node:crypto';

/** The parts of a request that decide whether it may be answered. */
export interface GuardedRequest {
  readonly method: string;
  /** As it was sent, before anything is decoded. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** Why a request is turned away. */
export interface Denial {
  readonly status: 400 | 401 | 403 | 405;
  readonly code: string;
  readonly message: string;
}

/** Set by proxies and tunnels, through which nothing of the inspector may be reached. */
const forwarding =
  /^(?:forwarded|via|x-forwarded-.*|x-real-ip|x-original-.*|cf-connecting-ip|true-client-ip)$/;

/** Requests with a body; all others only read. */
const posts: readonly string[] = [
  '/api/replay',
  '/api/check',
  '/api/stop-check',
  '/api/check-event',
  '/api/command',
  '/api/fixtures',
  '/api/run-scenario',
  '/api/send',
];

/**
 * Decides on every request before it is routed. A page that rebinds its name to this address has a foreign Host, one of
 * another origin has another Origin or Sec-Fetch-Site, and neither has the token. Undefined for a request that may pass.
 */
export function denialOf(
  { method, target, headers }: GuardedRequest,
  { host, token }: { readonly host: string; readonly token: string },
): Denial | undefined {
  if (headers.host !== host) return { status: 403, code: 'foreign_host', message: `open http://${host}` };
  const proxy = Object.keys(headers).find((name) => forwarding.test(name));
  if (proxy)
    return { status: 403, code: 'forwarded', message: 'the inspector is not available through a proxy' };
  const { origin, 'sec-fetch-site': site } = headers;
  if (origin !== undefined && origin !== `http://${host}`)
    return { status: 403, code: 'foreign_origin', message: 'the request comes from another page' };
  const isApi = target.startsWith('/api/');
  // A link that the user opens has no page that it comes from.
  if (site !== undefined && site !== 'same-origin' && (isApi || site !== 'none'))
    return { status: 403, code: 'foreign_origin', message: 'the request comes from another page' };
  if (!/^\/[\w./-]*(?:\?.*)?$/.test(target) || target.includes('//') || target.includes('..'))
    return { status: 400, code: 'malformed_path', message: 'the path has characters that no path here has' };
  const allowed = posts.includes(target) ? 'POST' : 'GET';
  if (method !== allowed) return { status: 405, code: 'wrong_method', message: `use ${allowed}` };
  if (isApi && !hasToken(headers.authorization, token))
    return { status: 401, code: 'wrong_token', message: 'open the link that the inspector printed' };
  return undefined;
}

function hasToken(authorization: string | readonly string[] | undefined, token: string): boolean {
  if (typeof authorization !== 'string') return false;
  const [given, expected] = [Buffer.from(authorization), Buffer.from(`Bearer ${token}`)];
  return given.length === expected.length && timingSafeEqual(given, expected);
}
