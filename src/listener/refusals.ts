import { HooksError } from '../errors.ts';
import { hasCode } from '../system-errors.ts';
import { findFreePort, type Listener, openListener, type Receiver } from './server.ts';

/** As openListener, and says in a HooksError why a port cannot be had and what to try. */
export async function openOrRefuse(host: string, port: number, receiver: Receiver): Promise<Listener> {
  try {
    return await openListener(host, port, receiver);
  } catch (error) {
    if (hasCode(error, 'EADDRINUSE')) {
      throw new HooksError('port_in_use', { port, next: await findFreePort(host, port + 1) });
    }
    const known = cannotListen.find(([code]) => hasCode(error, code));
    const [, reason, advice] = known ?? ['', (error as Error).message, 'another --host or --port'];
    throw new HooksError('cannot_listen', { host, port, reason, advice });
  }
}

const cannotListen: [code: string, reason: string, advice: string][] = [
  ['EACCES', 'the system lets only privileged programs listen on this port', '--port 3000, or any from 1024'],
  [
    'EADDRNOTAVAIL',
    'this machine does not have that address',
    '--host 127.0.0.1, or 0.0.0.0 for all of its addresses',
  ],
  [
    'ENOTFOUND',
    'there is no host of that name',
    '--host 127.0.0.1, or 0.0.0.0 for all addresses of this machine',
  ],
  [
    'EAI_AGAIN',
    'there is no host of that name',
    '--host 127.0.0.1, or 0.0.0.0 for all addresses of this machine',
  ],
];
