import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import { createInterface } from 'node:readline';
import { getRequestListener } from '@hono/node-server';
import axios from 'axios';
import express from 'express';
import { Hono } from 'hono';
import { beside } from './machines.mjs';

/** Relays that a message goes through on its way, each a real server that posts to a real receiver. */

/** Not of the message: they name ports, or are of one connection alone. */
const ofConnection = /^(host|connection|keep-alive|transfer-encoding|date)$/i;

async function listening(listener) {
  const server = http.createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

async function read(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Calls `send` with the address of a receiver, and gives what arrives there. */
export async function arrival(send) {
  let arrived;
  const receiver = await listening(async (request, response) => {
    const pairs = request.rawHeaders.flatMap((name, index, all) =>
      index % 2 ? [] : [[name, all[index + 1]]],
    );
    arrived = { headers: pairs.filter(([name]) => !ofConnection.test(name)), body: await read(request) };
    response.end();
  });
  try {
    await send(receiver.url);
  } finally {
    receiver.close();
  }
  if (!arrived) throw new Error('nothing arrived');
  return arrived;
}

/** Sends a message byte for byte, with its headers as they stand. */
export async function post(url, { headers, body }) {
  const framing = ['host', new URL(url).host, 'content-length', String(body.length)];
  const given = headers.filter(([name]) => name.toLowerCase() !== 'content-length').flat();
  const request = http.request(url, { method: 'POST', headers: [...framing, ...given], agent: false });
  request.end(body);
  const [response] = await once(request, 'response');
  await read(response);
  if (response.statusCode >= 300) throw new Error(`the relay responded with ${response.statusCode}`);
}

/** What arrives of a message that is sent to the listener that `relayTo` makes for a receiver's address. */
async function through(message, relayTo) {
  return arrival(async (receiver) => {
    const relay = await listening(relayTo(receiver));
    try {
      await post(relay.url, message);
    } finally {
      relay.close();
    }
  });
}

/** The headers that relays hand on. */
function carried(headers) {
  const own = Object.entries(headers).filter(([name]) => /webhook|content-type|interceptor/.test(name));
  return Object.fromEntries(own);
}

/** An express app that parses by `parser` and sends on what `bodyOf` makes of the request. */
export const byExpress = (parser, bodyOf) => (message) =>
  through(message, (receiver) => {
    const app = express();
    app.use(parser(express), async (request, response) => {
      await fetch(receiver, { method: 'POST', headers: carried(request.headers), body: bodyOf(request) });
      response.end();
    });
    return app;
  });

/** As byExpress, but axios writes the JSON. */
export const byAxios = (message) =>
  through(message, (receiver) => {
    const app = express();
    app.use(express.json(), async (request, response) => {
      await axios.post(receiver, request.body, { headers: carried(request.headers), proxy: false });
      response.end();
    });
    return app;
  });

/** Hono, which reads a Request of the fetch standard. */
export const byHono = (bodyOf) => (message) =>
  through(message, (receiver) => {
    const app = new Hono();
    app.post('/', async (context) => {
      await fetch(receiver, {
        method: 'POST',
        headers: carried(context.req.header()),
        body: await bodyOf(context.req),
      });
      return context.body(null, 204);
    });
    return getRequestListener(app.fetch);
  });

/** smee.io and smee-client: the body is parsed, goes through an event stream as JSON, and is re-serialized. */
export const bySmee = (message) =>
  through(message, (receiver) => {
    const app = express();
    app.use(express.json(), async (request, response) => {
      const line = `data: ${JSON.stringify({ ...request.headers, body: request.body, query: request.query })}\n\n`;
      const { body, query: _query, ...headers } = JSON.parse(line.slice('data: '.length));
      delete headers['content-length'];
      delete headers.host;
      await fetch(receiver, { method: 'POST', headers: carried(headers), body: JSON.stringify(body) });
      response.end();
    });
    return app;
  });

/** A proxy of Node's own http, whose request.headers join repeated headers by ", "; `change` edits them. */
export const byProxy =
  (change = (headers) => headers) =>
  (message) =>
    through(message, (receiver) => async (request, response) => {
      const { host: _host, connection: _connection, ...headers } = request.headers;
      const onward = http.request(receiver, { method: 'POST', headers: change(headers), agent: false });
      request.pipe(onward);
      await once(onward, 'response');
      response.end();
    });

/** A proxy that forwards the headers only after another has read the body. */
export const byEmptied = (message) =>
  through(message, (receiver) => {
    const app = express();
    app.use(express.json(), async (request, response) => {
      const onward = http.request(receiver, {
        method: 'POST',
        headers: carried(request.headers),
        agent: false,
      });
      request.pipe(onward);
      await once(onward, 'response');
      response.end();
    });
    return app;
  });

/** What a WSGI app of Python sees. */
export async function byWsgi(message) {
  const server = spawn('python3', [beside('wsgi.py')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
  const { value: port } = await lines.next();
  await post(`http://127.0.0.1:${port}/`, message);
  const { value: seen } = await lines.next();
  const { headers, body } = JSON.parse(seen);
  return { headers, body: Buffer.from(body, 'base64') };
}
