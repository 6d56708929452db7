const failures: readonly (readonly [code: RegExp, reason: string])[] = [
  [/^ECONNREFUSED$/, 'nothing is listening on this port'],
  [/^ENOTFOUND$/, 'the host name cannot be resolved'],
  [/^EAI_/, 'the host name cannot be resolved: no network, or no DNS server answers'],
  [/^(?:ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/, 'the connection timed out'],
  [/^(?:ECONNRESET|EPIPE|UND_ERR_SOCKET)$/, 'the connection was closed'],
  [/^(?:EHOST|ENET)(?:UNREACH|DOWN)$/, 'the host cannot be reached from this network'],
];

/** The reason why a server could not be reached. Of several addresses, the first stands in for all. */
export function whyUnconnected(error: unknown): string {
  const cause = error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error;
  const { code = '', message } = cause as NodeJS.ErrnoException;
  return failures.find(([pattern]) => pattern.test(code))?.[1] ?? (message || code);
}
