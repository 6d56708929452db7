import { hasCode } from '../../system-errors.ts';
import type { Failure, Protocol } from '../outcome.ts';

/** Maps error codes of the system and of undici to failures. An unlisted code counts as `unreachable`. */
const failures: Record<Exclude<Failure, 'stopped'>, RegExp> = {
  connection_refused: /^ECONNREFUSED$/,
  dns: /^(ENOTFOUND|EAI_.*)$/,
  timeout: /^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/,
  unreachable: /^(EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|EADDRNOTAVAIL|EACCES|EPERM|EINVAL)$/,
  not_tls:
    /^(ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_PACKET_LENGTH_TOO_LONG|ERR_SSL_UNEXPECTED_MESSAGE|EPROTO)$/,
  tls: /^(ERR_SSL_.*|ERR_TLS_.*|.*CERT.*|UNABLE_TO_.*|HOSTNAME_MISMATCH|INVALID_CA|.*_CRL_.*)$/,
  not_http: /^(HTTPParserError|HPE_.*|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_CONTENT_LENGTH_MISMATCH)$/,
  reset: /^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/,
};

/** The first bytes of a server's answer to an HTTP/1.1 request, or of its greeting, in hex. */
const greetings: readonly (readonly [protocol: Protocol, start: RegExp])[] = [
  // An alert
  ['TLS', /^1503/],
  // A frame with settings: its length, type 4, flags, and stream 0
  ['HTTP/2', /^0000..040[01]00000000/],
  // SSH-
  ['SSH', /^5353482d/],
  // -ERR, -NOAUTH or -DENIED
  ['Redis', /^2d(?:455252|4e4f41555448|44454e494544)/],
  // 220 and a space or hyphen
  ['SMTP or FTP', /^3232302[0d]/],
  // A length, sequence 0, version 10, and a digit of the server's version
  ['MySQL', /^..0000000a3\d/],
];

/** The protocol that an answer shows; undefined for HTTP and for unknown bytes. */
function protocolOf(error: Error): Protocol | undefined {
  // undici's parser errors have the bytes that were not HTTP, as text.
  const data = 'data' in error && typeof error.data === 'string' ? error.data : '';
  const hex = Buffer.from(data.slice(0, 16)).toString('hex');
  return greetings.find(([, start]) => start.test(hex))?.[0];
}

interface FailureRead {
  readonly failure: Failure;
  readonly detail: string;
  readonly protocol?: Protocol | undefined;
}

/** Classifies a connection error. `detail` is its code and message. */
export function readFailure(error: Error): FailureRead {
  // A name like localhost can resolve to several addresses; the error of the first stands in for all of them.
  const cause = error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error;
  // undici's parser errors have a name but not always a code.
  const code = 'code' in cause && cause.code ? String(cause.code) : cause.name;
  const parserReason = /^Response does not match the HTTP\/1\.1 protocol \((.+)\)$/.exec(cause.message)?.[1];
  if (parserReason) return { failure: 'not_http', detail: parserReason, protocol: protocolOf(cause) };
  if (code === 'ERR_ASSERTION') return { failure: 'not_http', detail: 'the HTTP parser failed' };
  const found = Object.entries(failures).find(([, codes]) => codes.test(code));
  return {
    failure: (found?.[0] as Failure | undefined) ?? 'unreachable',
    detail: `${code}: ${cause.message}`,
  };
}

/** Whether an error means a lost connection, as on a stale keep-alive socket, rather than an invalid response. */
export function isConnectionLoss(error: Error): boolean {
  return ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].some((code) => hasCode(error, code));
}
