import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { HooksError } from '../errors.ts';
import { BODY_LIMIT, type Headers, headerValues } from '../message.ts';
import { realTimers } from '../real-timers.ts';
import { hasCode } from '../system-errors.ts';
import { BodyBudget } from './body-budget.ts';
import type { IncomingBody } from './incoming-body.ts';
import {
  type Admission,
  type Answer,
  bodyTooLarge,
  outOfMemory,
  type RequestHead,
  type WholeRequest,
} from './receive.ts';
import { slowTinyChunks } from './tiny-chunks.ts';

/** Handles the requests that the server reads. */
export interface Receiver {
  admit(head: RequestHead): Admission;
  /** Called for a request that was answered without being received. */
  turnedAway?(head: RequestHead, answer: Answer): void;
  receive(request: WholeRequest): Answer | Promise<Answer>;
  /** Called if handling a request threw; the listener answers 500. */
  failed?(head: RequestHead, error: unknown): void;
}

export interface Listener {
  readonly port: number;
  /** For clients on this machine, without a path. */
  readonly url: string;
  /** Addresses for other machines; empty on a loopback address. */
  readonly foreignAddresses: readonly string[];
  /** Whether it keeps the process running, as servers do; true at first. */
  keepProcess(isKept: boolean): void;
  /** Stops accepting requests and waits up to `patience` ms for those in flight before it closes their connections. */
  close(patience: number): Promise<void>;
}

/** For the whole request and for its head. Node's defaults are minutes. */
const REQUEST_TIMEOUT_MS = 30_000;
const HEAD_TIMEOUT_MS = 10_000;

/** Starts listening. Rejects with the system error if it cannot bind; see openListenerOn. */
export async function openListener(host: string, port: number, receiver: Receiver): Promise<Listener> {
  const server = createServer({
    requestTimeout: REQUEST_TIMEOUT_MS,
    headersTimeout: HEAD_TIMEOUT_MS,
    connectionsCheckingInterval: 1000,
    // Repeated headers must stay separate: two joined timestamps would look like one value.
    joinDuplicateHeaders: false,
  });
  let [isClosing, isKept] = [false, true];
  const sockets = new Set<Socket>();
  const holdProcess = (held: Server | Socket) => (isKept ? held.ref() : held.unref());
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    holdProcess(socket);
  });
  const budget = new BodyBudget();
  const isLast = () => isClosing;
  server.on('request', (request, response) => {
    handle({ request, response }, receiver, { budget, isLast }).catch((error) => {
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
    keepProcess(isNeeded) {
      isKept = isNeeded;
      for (const held of [server, ...sockets]) holdProcess(held);
    },
    close: (patience) => {
      isClosing = true;
      return close(server, patience);
    },
  };
}

interface HttpExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function handle(
  { request, response }: HttpExchange,
  receiver: Receiver,
  { budget, isLast }: { readonly budget: BodyBudget; isLast(): boolean },
): Promise<void> {
  const head = headOf(request);
  const endEarly = (answer: Answer) => {
    receiver.turnedAway?.(head, answer);
    answerEarly(request, response, answer);
  };
  const admission = receiver.admit(head);
  if (!admission.isAdmitted) return endEarly(admission.answer);
  if (headerValues(head.headers, 'expect').length > 0) response.writeContinue();
  const { body } = admission;
  const reading = readBody(request, body, budget);
  try {
    const end = await reading.end;
    if (end === 'too_large') return endEarly(bodyTooLarge);
    if (end === 'dropped') return endEarly(outOfMemory);
    if (end === 'gone') return;
    // In this order: after a spread that comes first, V8 makes a hidden class for each object, which is slow to read.
    send(response, await receiver.receive({ body, ...head }), isLast());
  } finally {
    reading.release();
  }
}

function headOf({ method = '', url = '', rawHeaders }: IncomingMessage): RequestHead {
  return { method, target: url, headers: pairs(rawHeaders) };
}

/** How reading a body ended. `gone`: the sender disconnected; `dropped`: the memory was needed for other bodies. */
type ReadingEnd = 'whole' | 'too_large' | 'dropped' | 'gone';

/** Reads up to BODY_LIMIT bytes into `body`, within the budget until it is released. */
function readBody(request: IncomingMessage, body: IncomingBody, budget: BodyBudget) {
  let resolve: (end: ReadingEnd) => void = () => {};
  const end = new Promise<ReadingEnd>((settle) => {
    resolve = settle;
  });
  const stop = (reason: ReadingEnd) => {
    request.off('data', add);
    resolve(reason);
  };
  const held = budget.hold(body, () => stop('dropped'));
  const slow = slowTinyChunks(request);
  const add = (chunk: Buffer) => {
    if (body.bytes + chunk.length > BODY_LIMIT) return stop('too_large');
    body.add(chunk);
    held.grown();
    slow(body.bytes);
  };
  request.on('data', add);
  request.on('end', () => {
    held.complete();
    resolve('whole');
  });
  request.on('close', () => resolve('gone'));
  request.on('error', () => resolve('gone'));
  return { end, release: held.release };
}

/** How much is read, and for how long, from a sender that is still writing after its response. */
const LINGER = { maxBytes: 4 * 1024 * 1024, maxMs: 1000 };

/**
 * Answers a sender that may still be writing, and delays closing the connection: closing it with unread bytes resets
 * it, and the sender can lose the response (RFC 9112, section 9.6).
 */
function answerEarly(request: IncomingMessage, response: ServerResponse, { status, headers, body }: Answer) {
  const length = { 'content-length': Buffer.byteLength(body), connection: 'close' };
  response.writeHead(status, { ...headers, ...length });
  response.flushHeaders();
  if (body !== '') response.write(body);
  let remaining = LINGER.maxBytes;
  const timer = realTimers.setTimeout(() => response.end(), LINGER.maxMs);
  const end = () => {
    realTimers.clearTimeout(timer);
    response.end();
  };
  request.on('data', (chunk: Buffer) => {
    remaining -= chunk.length;
    if (remaining < 0) end();
  });
  request.on('end', end);
  request.on('close', end);
}

/** `isLast` closes the connection after the response. */
function send(response: ServerResponse, answer: Answer, isLast: boolean): void {
  const length = Buffer.byteLength(answer.body);
  response.writeHead(answer.status, {
    'content-length': length,
    ...answer.headers,
    ...(isLast && { connection: 'close' }),
  });
  response.end(answer.body);
}

/** Names and values with order and repeats unchanged. */
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
    const timer = realTimers.setTimeout(() => server.closeAllConnections(), patience);
    server.close(() => {
      realTimers.clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
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

/** The addresses at which other machines reach a listener that is bound to `bound`. */
function foreignAddresses(bound: string): string[] {
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

function urlOf(host: string, { address, port }: AddressInfo): string {
  const reachable = isUnspecified(address) ? 'localhost' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

/** The same as openListener, but rejects with HooksError `port_in_use` or `cannot_listen`. */
export async function openListenerOn(host: string, port: number, receiver: Receiver): Promise<Listener> {
  try {
    return await openListener(host, port, receiver);
  } catch (error) {
    if (hasCode(error, 'EADDRINUSE')) {
      throw new HooksError('port_in_use', { port, next: await findFreePort(host, port + 1) });
    }
    const known = cannotListen.find(([code]) => hasCode(error, code));
    const [, reason, fix] = known ?? ['', (error as Error).message, 'use another --host or --port'];
    throw new HooksError('cannot_listen', { host, port, reason, fix });
  }
}

const cannotListen: [code: string, reason: string, fix: string][] = [
  [
    'EACCES',
    'listening on this port requires elevated privileges',
    'use --port 3000 or any other port from 1024 up',
  ],
  [
    'EADDRNOTAVAIL',
    'this machine does not have that address',
    'use --host 127.0.0.1, or --host 0.0.0.0 for all addresses of this machine',
  ],
  [
    'ENOTFOUND',
    'the host name cannot be resolved',
    'use --host 127.0.0.1, or --host 0.0.0.0 for all addresses of this machine',
  ],
  [
    'EAI_AGAIN',
    'the host name cannot be resolved',
    'use --host 127.0.0.1, or --host 0.0.0.0 for all addresses of this machine',
  ],
];
