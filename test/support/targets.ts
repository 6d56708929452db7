import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface HttpTarget {
  readonly url: string;
  /** All requests so far, with complete bodies. */
  readonly requests: {
    method: string;
    url: string;
    headers: NodeJS.Dict<string | string[]>;
    rawHeaders: string[];
    body: Buffer;
  }[];
}

/** A handler in this process that records requests; `answer` responds to them. */
export async function httpTarget(
  answer: RequestListener = (_request, response) => response.writeHead(201).end(),
) {
  const requests: HttpTarget['requests'] = [];
  const server = createHttpServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = '', url = '', headers, rawHeaders } = request;
    requests.push({ method, url, headers, rawHeaders, body: Buffer.concat(chunks) });
    answer(request, response);
  });
  /** Stops accepting connections. */
  const close = () => void server.close();
  return { url: `${await listen(server)}/webhook`, requests, close };
}

/** A handler in this process; `handle` reads the body. */
export async function bareTarget(handle: RequestListener): Promise<{ url: string }> {
  return { url: `${await listen(createHttpServer(handle))}/webhook` };
}

export function answering(
  status: number,
  body = '',
  headers: Record<string, string> = {},
): Promise<HttpTarget> {
  return httpTarget((_request, response) => response.writeHead(status, headers).end(body));
}

/** A TCP server: calls `onConnection` at once and `onRequest` for each complete request. */
export async function socketTarget(
  onRequest: (socket: Socket) => void,
  onConnection?: (socket: Socket) => void,
) {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    onConnection?.(socket);
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? 0);
      const end = received.indexOf('\r\n\r\n');
      if (end === -1 || received.length < end + 4 + length) return;
      received = '';
      onRequest(socket);
    });
  });
  return { url: `${await listen(server)}/webhook` };
}

/** A port with no listener. */
export async function closedPort(): Promise<number> {
  // Below the range from which systems choose for port 0, so that no other test is given it meanwhile.
  const port = randomInt(10_000, 32_000);
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
  } catch {
    return closedPort();
  }
  server.close();
  await once(server, 'close');
  return port;
}

async function listen(server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(async () => {
    const closed = server.listening || sockets.size > 0 ? once(server, 'close') : undefined;
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
