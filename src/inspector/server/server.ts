import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { HooksError } from '../../errors.ts';
import { parseJson } from '../../json.ts';
import { hasCode } from '../../system-errors.ts';
import type { ApiError } from '../protocol.ts';
import { type ApiSources, type ApiState, answerApi, MAX_REQUEST_BYTES } from './api.ts';
import { type Asset, readAssets } from './assets.ts';
import { CheckRuns } from './check/runs.ts';
import { CursorNames } from './cursors.ts';
import { ApiFailure } from './failure.ts';
import { denialOf } from './guard.ts';
import { securityHeaders } from './headers.ts';
import { ShortCauses } from './short-causes.ts';

/** A running inspector. */
export interface Inspector {
  readonly port: number;
  /** With the token in its fragment, which no browser sends to a server. */
  readonly link: string;
  close(): Promise<void>;
}

/** Always this machine, whatever the listener beside it is reached by. */
const ADDRESS = '127.0.0.1';
const USUAL_PORT = 4040;
/** How many ports after the usual one are tried. */
const MORE_PORTS = 20;
/** The longest silence of a stream, in ms. */
const ALIVE_EVERY_MS = 15_000;

/**
 * Starts the inspector on a port of this machine: the given one, or else 4040 or the next free one. Throws HooksError.
 */
export async function openInspector(
  root: string,
  port: number | undefined,
  sourcesAt: (port: number) => ApiSources,
): Promise<Inspector> {
  const assets = readAssets(root);
  const token = randomBytes(16).toString('base64url');
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 });
  const bound = await listenOn(server, port);
  const desk = {
    assets,
    token,
    host: `${ADDRESS}:${bound}`,
    sources: sourcesAt(bound),
    state: { cursors: new CursorNames(), causes: new ShortCauses(), runs: new CheckRuns() },
  };
  server.on('request', (request, response) => void answer(request, response, desk));
  return {
    port: bound,
    link: `http://${desk.host}/#t=${token}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listenOn(server: Server, port: number | undefined): Promise<number> {
  const last = port === undefined ? USUAL_PORT + MORE_PORTS : port;
  for (let next = port ?? USUAL_PORT; ; next += 1) {
    try {
      await once(server.listen(next, ADDRESS), 'listening');
      const address = server.address();
      return typeof address === 'object' && address ? address.port : next;
    } catch (error) {
      const isInUse = hasCode(error, 'EADDRINUSE');
      if (!isInUse || next >= last)
        throw new HooksError('cannot_listen', {
          host: ADDRESS,
          port: next,
          reason: isInUse ? 'another program is listening there' : (error as Error).message,
          fix: 'use --ui-port with another port, or --ui-port 0 for any free port',
        });
    }
  }
}

interface ServerDesk {
  readonly assets: ReadonlyMap<string, Asset>;
  readonly token: string;
  readonly host: string;
  readonly sources: ApiSources;
  readonly state: ApiState;
}

async function answer(request: IncomingMessage, response: ServerResponse, desk: ServerDesk): Promise<void> {
  response.on('error', () => {});
  const { method = '', url: target = '' } = request;
  const denial = denialOf({ method, target, headers: request.headers }, desk);
  if (denial) return sendError(response, denial.status, { ...denial, fix: '' });
  const [path = '/', search = ''] = target.split('?', 2);
  if (!path.startsWith('/api/')) return sendAsset(response, path, desk.assets);
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  try {
    const body = method === 'POST' ? await readJson(request) : undefined;
    const answered = await answerApi({ path, query: new URLSearchParams(search), body }, desk.sources, {
      ...desk.state,
      stop: gone.signal,
    });
    if ('json' in answered) send(response, 200, 'application/json', JSON.stringify(answered.json));
    else await sendLines(response, answered.lines, gone.signal);
  } catch (error) {
    if (!gone.signal.aborted) sendFailure(response, error);
  }
}

/** The views of the page, whose address it reads. */
const views: readonly string[] = ['/', '/events', '/compose', '/check'];

function sendAsset(response: ServerResponse, path: string, assets: ReadonlyMap<string, Asset>): void {
  const asset = assets.get(views.includes(path) ? '/index.html' : path);
  if (asset) send(response, 200, asset.type, asset.bytes);
  else sendError(response, 404, { code: 'not_found', message: 'there is nothing at this path', fix: '' });
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? ''))
    throw new ApiFailure(400, 'malformed_request', 'the request is not JSON');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_REQUEST_BYTES)
      throw new ApiFailure(413, 'body_too_large', 'the body is longer than 10 MiB');
    chunks.push(chunk);
  }
  return parseJson(Buffer.concat(chunks));
}

/** One JSON object per line, each group in one write; waits while the page reads slowly. */
async function sendLines(
  response: ServerResponse,
  groups: AsyncIterable<readonly object[]>,
  gone: AbortSignal,
): Promise<void> {
  response.writeHead(200, { ...securityHeaders, 'content-type': 'application/x-ndjson' });
  let cursor = '';
  const alive = setInterval(() => {
    if (cursor !== '') response.write(`${JSON.stringify({ kind: 'alive', cursor })}\n`);
  }, ALIVE_EVERY_MS);
  try {
    for await (const lines of groups) {
      if (gone.aborted) return;
      const last = lines.at(-1);
      if (last && 'cursor' in last) cursor = String(last.cursor);
      const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
      if (!response.write(text)) await once(response, 'drain', { signal: gone });
    }
    response.end();
  } finally {
    clearInterval(alive);
  }
}

function sendFailure(response: ServerResponse, error: unknown): void {
  if (error instanceof ApiFailure) {
    const { status, code, message } = error;
    sendError(response, status, { code, message, fix: '' });
  } else if (error instanceof HooksError) {
    sendError(response, error.code === 'unknown_capture' || error.code === 'no_captures' ? 404 : 409, {
      code: error.code,
      message: error.message,
      fix: error.fix,
    });
  } else sendError(response, 500, { code: 'bug', message: String(error), fix: 'report it' });
}

function sendError(
  response: ServerResponse,
  status: number,
  { code, message, fix }: ApiError['error'],
): void {
  const body: ApiError = { error: { code, message, fix } };
  if (response.headersSent) response.destroy();
  else send(response, status, 'application/json', JSON.stringify(body));
}

function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response
    .writeHead(status, {
      ...securityHeaders,
      'content-type': type,
      'content-length': Buffer.byteLength(body),
    })
    .end(body);
}
