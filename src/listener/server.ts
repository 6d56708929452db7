import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { BODY_LIMIT, type Headers, headerValues } from '../message.ts';
import { realTimers } from '../real-timers.ts';
import { bind, bindFailure, foreignAddresses, urlOf } from './binding.ts';
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
import { answerEarly, send } from './respond.ts';
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

/** The same as openListener, but rejects with HooksError `port_in_use` or `cannot_listen`. */
export async function openListenerOn(host: string, port: number, receiver: Receiver): Promise<Listener> {
  return openListener(host, port, receiver).catch(async (error) => {
    throw await bindFailure(error, host, port);
  });
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
  // A client of HTTP/1.0 would take it for the response (RFC 9110, section 10.1.1).
  if (request.httpVersion !== '1.0' && headerValues(head.headers, 'expect').length > 0)
    response.writeContinue();
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

/** Names and values with order and repeats unchanged. */
function pairs(rawHeaders: readonly string[]): Headers {
  const headers: [string, string][] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) headers.push([rawHeaders[i]!, rawHeaders[i + 1]!]);
  return headers;
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
