import { once } from 'node:events';
import { connect, createServer, type NetConnectOpts, type Server } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { whyUnconnected } from '../src/network-errors.ts';
import { closedPort } from './support/targets.ts';

async function failureAt(options: NetConnectOpts): Promise<unknown> {
  const socket = connect(options);
  onTestFinished(() => void socket.destroy());
  const [error] = await once(socket, 'error');
  return error;
}

it('a closed port: one reason, at one address or at both of localhost', async () => {
  const port = await closedPort();
  const reasons = [
    await failureAt({ host: '127.0.0.1', port }),
    await failureAt({ host: 'localhost', port }),
  ];
  for (const error of reasons) expect(whyUnconnected(error)).toMatch(/\blistening\b/);
});

it('a name that does not exist', async () => {
  expect(whyUnconnected(await failureAt({ host: 'nothing.invalid', port: 1 }))).toMatch(/\bresolved\b/);
});

it('a connection that the server resets', async () => {
  const server: Server = createServer((socket) => socket.resetAndDestroy());
  onTestFinished(() => void server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address() as { port: number };
  expect(whyUnconnected(await failureAt({ host: '127.0.0.1', port: address.port }))).toMatch(/\bclosed\b/);
});

it('any other error keeps its message', () => {
  expect(whyUnconnected(new Error('odd'))).toBe('odd');
});
