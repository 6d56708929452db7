import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { HooksError } from '../errors.ts';
import { hasCode } from '../system-errors.ts';

/** Rejects with the system error. */
export function bind(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Finds the first free port among the 100 from `from` on. */
export async function findFreePort(host: string, from: number): Promise<number | undefined> {
  for (let port = from; port < Math.min(from + 100, 65536); port += 1) {
    const probe = createServer();
    try {
      await bind(probe, host, port);
      return port;
    } catch {
      // In use or not permitted: try the next one.
    } finally {
      await new Promise((resolve) => probe.close(resolve));
    }
  }
  return undefined;
}

/** The HooksError for a system error of `bind`. */
export async function bindFailure(error: unknown, host: string, port: number): Promise<HooksError> {
  if (hasCode(error, 'EADDRINUSE')) {
    return new HooksError('port_in_use', { port, next: await findFreePort(host, port + 1) });
  }
  const known = cannotListen.find(([code]) => hasCode(error, code));
  const [, reason, fix] = known ?? ['', (error as Error).message, 'use another --host or --port'];
  return new HooksError('cannot_listen', { host, port, reason, fix });
}

const otherHost = 'use --host 127.0.0.1, or --host 0.0.0.0 for all addresses of this machine';

const cannotListen: readonly (readonly [code: string, reason: string, fix: string])[] = [
  [
    'EACCES',
    'listening on this port requires elevated privileges',
    'use --port 3000 or any other port from 1024 up',
  ],
  ['EADDRNOTAVAIL', 'this machine does not have that address', otherHost],
  ['ENOTFOUND', 'the host name cannot be resolved', otherHost],
  ['EAI_AGAIN', 'the host name cannot be resolved', otherHost],
];

/** The addresses at which other machines reach a listener that is bound to `bound`. */
export function foreignAddresses(bound: string): string[] {
  if (/^127\.|^::1$|^::ffff:127\./.test(bound)) return [];
  if (!isUnspecified(bound)) return [bound];
  // 0.0.0.0 accepts only IPv4; :: accepts both.
  const isReached = (family: string) => bound !== '0.0.0.0' || family === 'IPv4';
  return Object.values(networkInterfaces()).flatMap((list = []) =>
    list.filter(({ internal, family }) => !internal && isReached(family)).map(({ address }) => address),
  );
}

/** Whether an address means all addresses of the machine. */
function isUnspecified(address: string): boolean {
  return address === '0.0.0.0' || address === '::' || address === '::ffff:0.0.0.0';
}

/** Where clients on this machine reach a server bound to `address`, which was asked for as `host`. */
export function urlOf(host: string, { address, port }: AddressInfo): string {
  const reachable = isUnspecified(address) ? 'localhost' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
