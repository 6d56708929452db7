import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { HooksError } from '../errors.ts';
import { BODY_LIMIT, type Headers, headerValues } from '../message.ts';
import { hasCode } from '../system-errors.ts';
import { type Admission, type Answer, bodyTooLarge, type ReceivedRequest } from './receive.ts';

type Head = Pick<ReceivedRequest, 'method' | 'target' | 'headers'>;

/** What stands behind the sockets. */
export interface Receiver {
  admit(head: Head): Admission;
  /** Is told of a request that got no further than this answer. */
  turnedAway?(head: Head, answer: Answer): void;
  receive(request: ReceivedRequest): Answer | Promise<Answer>;
  /** Is told of a request that could not be judged, which is a fault of this side's; it is answered 500. */
  failed?(head: Head, error: unknown): void;
}

export interface Listener {
  readonly port: number;
  /** How this machine reaches it, without a path. */
  readonly url: string;
  /** How other machines reach it; empty when only this one does. */
  readonly foreignAddresses: readonly string[];
  /** Takes no more requests, waits for those in flight at most `patience` milliseconds, then cuts them. */
  close(patience: number): Promise<void>;
}

/** A request must be here whole within this time; its head within a third of it. Node's own limits are minutes. */
const REQUEST_TIMEOUT = 30_000;
const HEAD_TIMEOUT = 10_000;

/** Listens. Rejects with the system's error when the port cannot be had. */
export async function openListener(host: string, port: number, receiver: Receiver): Promise<Listener> {
  const server = createServer({
    requestTimeout: REQUEST_TIMEOUT,
    headersTimeout: HEAD_TIMEOUT,
    connectionsCheckingInterval: 1000,
    // Repeated headers must be seen as such: joined, two timestamps would look like one text.
    joinDuplicateHeaders: false,
  });
  let isClosing = false;
  server.on('request', (request, response) => {
    handle(request, response, receiver, () => isClosing).catch((error) => {
      if (!response.headersSent) send(response, { status: 500, headers: {}, body: '' }, true);
      receiver.failed?.(headOf(request), error);
    });
  });
  server.on('checkContinue', (request, response) => server.emit('request', request, response));
  server.on('connect', (_request, socket) => socket.destroy());
  await bind(server, host, port);
  server.on('error', () => {});
  const address = server.address() as AddressInfo;
  return {
    port: address.port,
    url: urlOf(host, address),
    foreignAddresses: foreignAddresses(address.address),
    close: (patience) => {
      isClosing = true;
      return close(server, patience);
    },
  };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  receiver: Receiver,
  isLast: () => boolean,
): Promise<void> {
  const head = headOf(request);
  const turnAway = (answer: Answer) => {
    receiver.turnedAway?.(head, answer);
    answerEarly(request, response, answer);
  };
  const admission = receiver.admit(head);
  if (!admission.isAdmitted) return turnAway(admission.answer);
  if (headerValues(head.headers, 'expect').length > 0) response.writeContinue();
  const body = await readBody(request);
  if (body === 'too_large') return turnAway(bodyTooLarge);
  if (body === 'gone') return;
  const answer = await receiver.receive({ ...head, body });
  send(response, answer, isLast());
}

function headOf({ method = '', url = '', rawHeaders }: IncomingMessage): Head {
  return { method, target: url, headers: pairs(rawHeaders) };
}

/** Reads a body as it is, at most BODY_LIMIT. `gone` means that the sender left before the end. */
function readBody(request: IncomingMessage): Promise<Uint8Array | 'too_large' | 'gone'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const add = (chunk: Buffer) => {
      size += chunk.length;
      if (size > BODY_LIMIT) {
        request.off('data', add);
        resolve('too_large');
      } else chunks.push(chunk);
    };
    request.on('data', add);
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    request.on('close', () => resolve('gone'));
    request.on('error', () => resolve('gone'));
  });
}

/** What is read of a sender that goes on writing after its answer, in bytes and milliseconds. */
const LINGERING = { bytes: 4 * 1024 * 1024, milliseconds: 1000 };

/**
 * Answers a sender that may still be writing, and closes the connection a little later: one that is closed with bytes
 * unread is reset, and the answer lost with it (RFC 9112, 9.6).
 */
function answerEarly(request: IncomingMessage, response: ServerResponse, { status, headers, body }: Answer) {
  const length = { 'content-length': Buffer.byteLength(body), connection: 'close' };
  response.writeHead(status, { ...headers, ...length });
  response.flushHeaders();
  if (body !== '') response.write(body);
  let left = LINGERING.bytes;
  const timer = setTimeout(() => response.end(), LINGERING.milliseconds);
  const end = () => {
    clearTimeout(timer);
    response.end();
  };
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) end();
  });
  request.on('end', end);
  request.on('close', end);
}

/** `isLast` closes the connection after the answer: what is left of the request is not read. */
function send(response: ServerResponse, answer: Answer, isLast: boolean): void {
  const length = { 'content-length': Buffer.byteLength(answer.body) };
  response.writeHead(answer.status, { ...answer.headers, ...length, ...(isLast && { connection: 'close' }) });
  response.end(answer.body);
}

/** Names and values, in order and as often as they came. */
function pairs(rawHeaders: readonly string[]): Headers {
  const headers: [string, string][] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) headers.push([rawHeaders[i]!, rawHeaders[i + 1]!]);
  return headers;
}

function bind(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function close(server: Server, patience: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), patience);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** The first port from `from` on that can be had, among the next 100. */
export async function findFreePort(host: string, from: number): Promise<number | undefined> {
  for (let port = from; port < Math.min(from + 100, 65536); port += 1) {
    const probe = createServer();
    try {
      await bind(probe, host, port);
      return port;
    } catch {
      // In use as well, or not ours to have: the next one.
    } finally {
      await new Promise((resolve) => probe.close(resolve));
    }
  }
  return undefined;
}

/** The addresses by which other machines reach a listener that is bound to this one. */
function foreignAddresses(bound: string): string[] {
  if (/^127\.|^::1$|^::ffff:127\./.test(bound)) return [];
  if (!isUnspecified(bound)) return [bound];
  // Bound to 0.0.0.0 it is not there for IPv6; bound to :: for both.
  const isReached = (family: string) => bound !== '0.0.0.0' || family === 'IPv4';
  return Object.values(networkInterfaces()).flatMap((list = []) =>
    list.filter(({ internal, family }) => !internal && isReached(family)).map(({ address }) => address),
  );
}

/** Whether an address stands for all of the machine's. */
function isUnspecified(address: string): boolean {
  return address === '0.0.0.0' || address === '::' || address === '::ffff:0.0.0.0';
}

function urlOf(host: string, { address, port }: AddressInfo): string {
  const reachable = isUnspecified(address) ? 'localhost' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

/** As openListener, and says in a HooksError why a port cannot be had and what to try. */
export async function openListenerOn(host: string, port: number, receiver: Receiver): Promise<Listener> {
  try {
    return await openListener(host, port, receiver);
  } catch (error) {
    if (hasCode(error, 'EADDRINUSE')) {
      throw new HooksError('port_in_use', { port, next: await findFreePort(host, port + 1) });
    }
    const known = cannotListen.find(([code]) => hasCode(error, code));
    const [, reason, fix] = known ?? ['', (error as Error).message, 'another --host or --port'];
    throw new HooksError('cannot_listen', { host, port, reason, fix });
  }
}

const cannotListen: [code: string, reason: string, fix: string][] = [
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
