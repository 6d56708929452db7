import { once } from 'node:events';
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { createRequire } from 'node:module';
import { type AddressInfo, connect, createServer, type Server as NetServer, type Socket } from 'node:net';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { onTestFinished } from 'vitest';

/** The SDK's own schema of the event log. */
export const eventsSchema = createRequire(import.meta.url)(
  '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/events/events_pb.js',
);

export interface LogEntry {
  readonly id: string;
  readonly type: string;
  readonly occurred_at: string;
  readonly environment_id: string;
  readonly organization_id?: string;
  readonly object: string;
  readonly data: Record<string, unknown>;
  readonly display_name: string;
  readonly spec_version: string;
}

/** An event at a second after noon. */
export function logEntry(number: number, changes: Partial<LogEntry> = {}): LogEntry {
  return {
    spec_version: '1',
    id: `evt_${String(100_000 + number)}`,
    type: 'user.created',
    occurred_at: `${new Date(Date.UTC(2026, 10, 28, 12) + number * 1000).toISOString().slice(0, 19)}.120Z`,
    environment_id: 'env_1',
    organization_id: `org_${number % 2}`,
    object: 'User',
    data: { b: number, a: { z: 'ü', y: [1, 2.5, null] } },
    display_name: 'User Created',
    ...changes,
  };
}

export const clientId = 'skc_1';
export const clientSecret = 'test_secret_of_the_client';

/** Answers a REST request in place of the log; undefined to answer as usual. */
type Override = (request: { path: string; number: number }, response: ServerResponse) => boolean;

/** Scalekit's API as far as it is used here: the token, and the event log over REST and over gRPC, on one port. */
export async function scalekitStandIn(events: readonly LogEntry[] = []) {
  const log = [...events];
  const requests: {
    path: string;
    search: URLSearchParams;
    body: string;
    authorization: string | undefined;
  }[] = [];
  let override: Override = () => false;
  let tokens = 0;
  const valid = new Set<string>();
  const token = () => {
    tokens += 1;
    valid.add(`token_${tokens}`);
    return `token_${tokens}`;
  };
  const list = (filter: Filter, size: number, after: string) => {
    const picked = log
      .filter((event) => matches(event, filter))
      .sort((a, b) => (a.occurred_at < b.occurred_at ? 1 : -1));
    const from = after === '' ? 0 : picked.findIndex(({ id }) => id === after) + 1;
    const page = picked.slice(from, from + Math.min(size, 100));
    return { page, next: from + page.length < picked.length ? page.at(-1)!.id : '' };
  };
  const rest = createHttp(async (request, response) => {
    const body = await textOf(request);
    const url = new URL(request.url ?? '/', 'http://stand-in');
    requests.push({
      path: url.pathname,
      search: url.searchParams,
      body,
      authorization: request.headers.authorization,
    });
    if (override({ path: url.pathname, number: requests.length }, response)) return;
    const json = (status: number, value: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (url.pathname === '/oauth/token') {
      const form = new URLSearchParams(body);
      const isRight = form.get('client_id') === clientId && form.get('client_secret') === clientSecret;
      return isRight
        ? json(200, { access_token: token(), expires_in: 86_399 })
        : json(401, { error: 'invalid_client' });
    }
    if (!valid.has((request.headers.authorization ?? '').replace('Bearer ', '')))
      return json(401, { code: 16, message: 'unauthenticated', details: [] });
    const { page, next } = list(
      JSON.parse(body),
      Number(url.searchParams.get('page_size')),
      url.searchParams.get('page_token') ?? '',
    );
    return json(200, { events: page, next_page_token: next, prev_page_token: '' });
  });
  const grpc = createHttp2((request, response) => void answerGrpc(request, response, valid, list));
  const sockets = new Set<Socket>();
  const inner = await Promise.all([rest, grpc].map(portOf));
  // The SDK speaks HTTP/1.1 and HTTP/2 without TLS to one port: the first bytes say which.
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.once('data', (first) => {
      const port = first.toString('latin1', 0, 3) === 'PRI' ? inner[1]! : inner[0]!;
      const next = connect(port, '127.0.0.1');
      next.on('error', () => socket.destroy());
      next.write(first);
      socket.pipe(next).pipe(socket);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    for (const each of [server, rest, grpc]) each.close();
    for (const socket of sockets) socket.destroy();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    log,
    requests,
    revokeTokens: () => valid.clear(),
    answerWith: (given: Override) => {
      override = given;
    },
  };
}

async function portOf(server: NetServer): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

interface Filter {
  readonly event_types?: readonly string[];
  readonly start_time?: string;
  readonly end_time?: string;
  readonly organization_id?: string;
}

function matches(
  event: LogEntry,
  { event_types: types = [], start_time: start, end_time: end, organization_id: organization }: Filter,
) {
  const time = Date.parse(event.occurred_at);
  return (
    (types.length === 0 || types.includes(event.type)) &&
    (!start || time >= Date.parse(start)) &&
    (!end || time <= Date.parse(end)) &&
    (!organization || event.organization_id === organization)
  );
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** gRPC's framing: a flag, the length in 4 bytes, and the message; the status is a trailer. */
async function answerGrpc(
  request: Http2ServerRequest,
  response: Http2ServerResponse,
  valid: ReadonlySet<string>,
  list: (filter: Filter, size: number, after: string) => { page: readonly LogEntry[]; next: string },
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  if (!valid.has(String(request.headers.authorization ?? '').replace('Bearer ', ''))) {
    response.writeHead(200, { 'content-type': 'application/grpc+proto', 'grpc-status': '16' });
    response.end();
    return;
  }
  const { ListEventsPaginatedRequestSchema, ListEventsPaginatedResponseSchema } = eventsSchema;
  const asked = fromBinary(ListEventsPaginatedRequestSchema, Buffer.concat(chunks).subarray(5)) as never as {
    pageSize: number;
    pageToken: string;
    filter?: { eventTypes: string[] };
  };
  const { page, next } = list(
    { event_types: asked.filter?.eventTypes ?? [] },
    asked.pageSize,
    asked.pageToken,
  );
  const message = create(ListEventsPaginatedResponseSchema, {
    events: page.map((event) => ({
      specVersion: event.spec_version,
      id: event.id,
      type: event.type,
      occurredAt: { seconds: BigInt(Math.floor(Date.parse(event.occurred_at) / 1000)), nanos: 120_000_000 },
      environmentId: event.environment_id,
      organizationId: event.organization_id,
      data: event.data,
      displayName: event.display_name,
    })),
    nextPageToken: next,
  } as never);
  const bytes = toBinary(ListEventsPaginatedResponseSchema, message);
  const frame = Buffer.alloc(5);
  frame.writeUInt32BE(bytes.length, 1);
  response.writeHead(200, { 'content-type': 'application/grpc+proto' });
  response.write(Buffer.concat([frame, bytes]));
  response.addTrailers({ 'grpc-status': '0' });
  response.end();
}
