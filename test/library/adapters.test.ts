import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import fastify from 'fastify';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { checkHandler, fromFastify, fromNode, type NodeHandler } from '../../src/index.ts';
import { testSecret as secret } from '../support/memory-io.ts';

/** Express has no types of its own. */
interface ExpressApp extends NodeHandler {
  use(middleware: unknown): void;
  post(
    path: string,
    middleware: unknown,
    handle: (
      request: { headers: object; body: unknown },
      response: { status(code: number): { json(value: unknown): void } },
    ) => void,
  ): void;
}
const { default: express } = (await import('express' as string)) as {
  default: (() => ExpressApp) & { json(): unknown; raw(options: object): unknown };
};

const verifies = (headers: object, body: string) => {
  try {
    new StandardWebhook(secret).verify(body, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
};

function expressApp({ parsesFirst = false } = {}) {
  const app = express();
  if (parsesFirst) app.use(express.json());
  app.post('/webhook', express.raw({ type: 'application/json', limit: '1mb' }), (request, response) => {
    const isValid = verifies(request.headers, String(request.body));
    response.status(isValid ? 201 : 401).json({ isValid });
  });
  return app;
}

function fastifyApp() {
  const app = fastify({ bodyLimit: 1_048_576 });
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) =>
    done(null, body),
  );
  app.post('/webhook', async (request, reply) =>
    reply.code(verifies(request.headers, request.body as string) ? 201 : 401).send(),
  );
  return app;
}

describe('fromNode', () => {
  it('a correct Express app passes every check, without a socket', async () => {
    const { ok, text } = await checkHandler(fromNode(expressApp()), { secret });
    expect(ok, text).toBe(true);
  });

  it('a body that was parsed first is found', async () => {
    const { diagnoses } = await checkHandler(fromNode(expressApp({ parsesFirst: true })), { secret });
    expect(diagnoses[0]).toMatchObject({ code: 'parsed-body', certain: true });
  });

  it('a handler of node:http: status, headers, a body in pieces', async () => {
    const handle = fromNode(async (request: IncomingMessage, response: ServerResponse) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      response.writeHead(202, { 'x-path': request.url, 'set-cookie': ['a=1', 'b=2'] });
      response.write('one');
      response.end(Buffer.concat(chunks));
    });
    const answer = await handle(new Request('http://x.test/webhook?a=b', { method: 'POST', body: 'two' }));
    expect([answer.status, answer.headers.get('x-path'), await answer.text()]).toEqual([
      202,
      '/webhook?a=b',
      'onetwo',
    ]);
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  });

  it('no content, an exception, a connection that is closed, and an answer that never comes', async () => {
    const request = () => new Request('http://x.test/', { method: 'POST', body: '' });
    const empty = fromNode((_request: IncomingMessage, response: ServerResponse) =>
      response.writeHead(204).end(),
    );
    expect((await empty(request())).status).toBe(204);
    const throwing = fromNode(() => {
      throw new Error('broken');
    });
    await expect(throwing(request())).rejects.toThrow('broken');
    const closing = fromNode((_request: IncomingMessage, response: ServerResponse) => response.destroy());
    await expect(closing(request())).rejects.toThrow(/without a response/);
    const silent = await checkHandler(
      fromNode(() => {}),
      { secret, only: ['plain'], timeout: 100 },
    );
    expect(silent.checks[0]).toMatchObject({ code: 'no-answer' });
  });
});

describe('fromFastify', () => {
  it('a correct app passes every check, without a socket', async () => {
    const { ok, text } = await checkHandler(fromFastify(fastifyApp()), { secret });
    expect(ok, text).toBe(true);
  });

  it('an app that listens already is checked the same way', async () => {
    const app = fastifyApp();
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { ok, text } = await checkHandler(fromFastify(app), { secret, only: ['plain', 'wrong-secret'] });
    await app.close();
    expect(ok, text).toBe(true);
  });
});

it('a server that listens is a TypeError that names what to pass instead', async () => {
  const server = createServer(() => {}).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const make = () => fromNode(server as never);
  expect(make).toThrow(TypeError);
  expect(make).toThrow(/^fromNode takes the handler itself\b.*\bcreateServer\b.*, not the server$/);
  expect(() => fromFastify(server as never)).toThrow(/Fastify instance/);
  server.close();
});

it.each([
  [() => fromNode({} as never), /function/],
  [() => fromNode(undefined as never), /function/],
  [() => fromNode(fastifyApp() as never), /fromFastify/],
  [() => fromFastify({} as never), /Fastify instance/],
])('something else is a TypeError', (make, message) => {
  expect(make).toThrow(TypeError);
  expect(make).toThrow(message);
});
