import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * A handler of Node.js, Connect or Express that takes (request, response); an Express app is one too. The types of the
 * library need no types of Node.js, so the arguments have none here.
 */
export type NodeHandler = (request: never, response: never) => unknown;

/** The part of a Fastify instance that is used. */
export interface FastifyApp {
  inject(request: {
    method: string;
    url: string;
    headers: Record<string, string>;
    payload: Uint8Array;
  }): Promise<FastifyAnswer>;
}

interface FastifyAnswer {
  readonly statusCode: number;
  readonly headers: Record<string, number | string | string[] | undefined>;
  readonly rawPayload: Uint8Array;
}

/**
 * Turns a handler that takes (request, response), such as an Express app, into one for `checkHandler`. Opens no socket.
 * Throws TypeError if it is no function.
 */
export function fromNode(handler: NodeHandler): (request: Request) => Promise<Response> {
  if (typeof handler !== 'function') throw new TypeError(`fromNode takes ${insteadOf(handler)}`);
  const handle = handler as unknown as (request: IncomingMessage, response: ServerResponse) => unknown;
  return async (given) => {
    // Loaded on demand: signing and verifying need no server.
    const [http, { Duplex }] = await Promise.all([import('node:http'), import('node:stream')]);
    const socket = memorySocket(Duplex);
    const request = await incoming(given, socket, http.IncomingMessage);
    const response = new http.ServerResponse(request);
    response.assignSocket(socket as unknown as Socket);
    const finished = new Promise<void>((resolve, reject) => {
      response.on('finish', resolve);
      response.on('error', reject);
      response.on('close', () => reject(new Error('it closed the connection without a response')));
    });
    await Promise.race([Promise.resolve(handle(request, response)).then(() => finished), finished]);
    return parseResponse(socket.written());
  };
}

/** What fromNode takes instead of something that is no function. */
function insteadOf(given: unknown): string {
  const { inject, listen } = (given ?? {}) as { inject?: unknown; listen?: unknown };
  if (typeof inject === 'function') return 'no Fastify instance; fromFastify does';
  if (typeof listen === 'function')
    return 'the handler itself, such as an Express app or the function passed to createServer, not the server';
  return 'a function of a request and a response, such as an Express app';
}

/** The same for a Fastify instance. Throws TypeError if it is none. */
export function fromFastify(app: FastifyApp): (request: Request) => Promise<Response> {
  if (typeof app?.inject !== 'function')
    throw new TypeError('fromFastify takes a Fastify instance, which has a method inject');
  return async (request) => {
    const { pathname, search } = new URL(request.url);
    const { statusCode, headers, rawPayload } = await app.inject({
      method: request.method,
      url: pathname + search,
      headers: Object.fromEntries(request.headers),
      payload: Buffer.from(await request.arrayBuffer()),
    });
    const pairs = Object.entries(headers).flatMap(([name, value]) =>
      [value ?? []].flat().map((each): [string, string] => [name, String(each)]),
    );
    return responseOf(statusCode, pairs, rawPayload);
  };
}

interface MemorySocket extends Duplex {
  /** Everything that was written to it. */
  written(): Buffer;
}

function memorySocket(Stream: typeof Duplex): MemorySocket {
  const chunks: Buffer[] = [];
  const socket = new Stream({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  return Object.assign(socket, {
    remoteAddress: '127.0.0.1',
    encrypted: false,
    setTimeout: () => socket,
    setKeepAlive: () => socket,
    setNoDelay: () => socket,
    written: () => Buffer.concat(chunks),
  });
}

async function incoming(
  given: Request,
  socket: MemorySocket,
  Incoming: typeof IncomingMessage,
): Promise<IncomingMessage> {
  const { pathname, search, host } = new URL(given.url);
  const body = Buffer.from(await given.arrayBuffer());
  const request = new Incoming(socket as unknown as Socket);
  const pairs: [string, string][] = [
    ['host', host],
    ...given.headers,
    ...(given.method === 'GET' ? [] : [['content-length', String(body.length)] as [string, string]]),
  ];
  request.method = given.method;
  request.url = pathname + search;
  // HTTP/1.0 has no chunks: the response ends with the connection, and its body stands as it is.
  request.httpVersion = '1.0';
  request.httpVersionMajor = 1;
  request.httpVersionMinor = 0;
  request.headers = Object.fromEntries(pairs);
  request.rawHeaders = pairs.flat();
  request.complete = true;
  request.push(body);
  request.push(null);
  return request;
}

function parseResponse(bytes: Buffer): Response {
  const end = bytes.indexOf('\r\n\r\n');
  const [line = '', ...fields] = bytes.toString('latin1', 0, end).split('\r\n');
  const pairs = fields.map((field): [string, string] => {
    const colon = field.indexOf(':');
    return [field.slice(0, colon), field.slice(colon + 1).trim()];
  });
  return responseOf(Number(line.split(' ')[1]), pairs, bytes.subarray(end + 4));
}

/** A Response must not have a body with these statuses. */
const BODILESS = [204, 205, 304];

function responseOf(status: number, headers: [string, string][], body: Uint8Array): Response {
  return new Response(BODILESS.includes(status) ? null : Buffer.from(body), { status, headers });
}
