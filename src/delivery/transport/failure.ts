import { hasCode } from '../../system-errors.ts';
import type { Failure } from '../outcome.ts';

/** Which system and library errors mean which failure; one that is not listed counts as `unreachable`. */
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

/** Sorts an error of a connection into the failure it means, with the words of the error that says most. */
export function readFailure(error: Error): { failure: Failure; detail: string } {
  // A name such as localhost has several addresses; what is wrong with the first is told for all.
  const cause = error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error;
  // undici's parser errors have a name, but not always a code.
  const code = 'code' in cause && cause.code ? String(cause.code) : cause.name;
  // undici takes an interim "100 Continue" that it did not ask for as an error of the protocol, and says only this.
  if (cause.message === 'bad response')
    return { failure: 'not_http', detail: '100 Continue before the answer' };
  const found = Object.entries(failures).find(([, codes]) => codes.test(code));
  return {
    failure: (found?.[0] as Failure | undefined) ?? 'unreachable',
    detail: `${code}: ${cause.message}`,
  };
}

/** Whether the connection, rather than the answer, went wrong: what a stale kept-alive socket looks like. */
export function isConnectionLoss(error: Error): boolean {
  return ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].some((code) => hasCode(error, code));
}
