import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type {
  AttemptDetail,
  AttemptShown,
  CaptureDetail,
  EventMessage,
  EventRow,
  ReplayRequest,
  SearchMessage,
  Session,
} from '../../src/inspector/protocol.ts';
import { type Asset, readAssets } from '../../src/inspector/server/assets.ts';
import { securityHeaders } from '../../src/inspector/server/headers.ts';
import { repository } from './repository.ts';

export const token = 'f00dfeedf00dfeedf00dfeedf00dfeed';

/** Of 2026-11-28 03:44 UTC, when nothing else says so. */
export const noon = Date.UTC(2026, 10, 28, 3, 44, 10, 717);

export function attempt(changes: Partial<AttemptShown> = {}): AttemptShown {
  return {
    time: noon,
    via: 'forward',
    follower: null,
    url: 'http://localhost:8080/webhook',
    status: 201,
    failure: null,
    durationMs: 34,
    ...changes,
  };
}

export function row(changes: Partial<EventRow> = {}): EventRow {
  const verified = changes.verified ?? true;
  return {
    id: 'cap_e5p438e9oe9l',
    time: noon,
    type: 'user.created',
    eventId: 'evt_113332309106102148',
    webhookId: `msg_${changes.id ?? 'xT6hJectkhnH0Q3w3DDxxkU19W9'}`,
    organization: 'org_129714657852526873',
    source: 'listen',
    path: '/webhook',
    reason: verified ? null : 'signature mismatch',
    hasCause: !verified,
    status: verified ? null : 401,
    forwardTo: 'http://localhost:8080/webhook',
    attempts: verified ? [attempt({ time: (changes.time ?? noon) + 2 })] : [],
    ...changes,
    verified,
  };
}

export const sampleBody = (email = 'ada.lovelace@example.com') =>
  `{"data":{"active":true,"email":"${email}","groups":[{"id":"dirgroup_130719309426972898","name":"Engineering"}],"big":12345678901234567890.00},"environment_id":"env_119146538111453418","id":"evt_113332309106102148","object":"User","occurred_at":"2026-11-28T03:44:07.113019852Z","type":"user.created"}`;

const base64 = (text: string) => Buffer.from(text).toString('base64');

export interface DetailParts {
  /** In the list. */
  readonly cause?: string;
  /** Of the attempts, oldest first. */
  readonly responses?: readonly string[];
  readonly body?: string;
  readonly signedBody?: string | null;
  readonly verdict?: Partial<CaptureDetail['verdict']>;
  readonly headers?: CaptureDetail['headers'];
}

/** The last response is also that of later attempts. */
const attemptDetails = ({ attempts }: EventRow, responses: readonly string[]): AttemptDetail[] =>
  attempts.map((each, index) => ({ ...each, response: responses[index] ?? responses.at(-1) ?? null }));

export function detailOf(
  shown: EventRow,
  {
    cause = 'unknown cause',
    responses = [],
    body = sampleBody(),
    signedBody = null,
    verdict,
    headers,
  }: DetailParts = {},
): CaptureDetail {
  return {
    row: shown,
    attempts: attemptDetails(shown, responses),
    method: 'POST',
    headers: headers ?? [
      ['host', '127.0.0.1:3000'],
      ['content-type', 'application/json'],
      ['webhook-id', shown.webhookId ?? ''],
      ['webhook-timestamp', '1795837447'],
      ['webhook-signature', 'v1,sWLuhGC+AZXx1+Pe+6NNHCQVrSkBRgZmmFUZZZsFSEE='],
    ],
    bodyBase64: base64(body),
    bodyBytes: Buffer.byteLength(body),
    truncated: false,
    verdict: {
      verified: shown.verified,
      shortCause: shown.hasCause ? cause : null,
      detail: shown.verified ? null : 'No signature matches the body.',
      ageSeconds: 0,
      causes: [],
      unexplained: null,
      signedBodyBase64: signedBody === null ? null : base64(signedBody),
      ...verdict,
    },
    curl: `curl -X POST http://127.0.0.1:3000${shown.path} -H 'content-type: application/json' --data-raw '${body}'`,
    command: `npx scalekit-hooks replay ${shown.id}`,
  };
}

export interface StandInOptions {
  readonly rows?: readonly EventRow[];
  readonly session?: Partial<Session>;
  readonly details?: Readonly<Record<string, DetailParts>>;
  /** Whether the stream of events begins, but nothing comes. */
  readonly isSilent?: boolean;
}

/** What the inspector's server does, from memory: just enough to drive the page. */
export class InspectorStandIn {
  readonly replays: ReplayRequest[] = [];
  readonly searches: string[] = [];
  /** The captures whose cause the page asked for. */
  readonly causes: string[] = [];
  readonly cursors: (string | null)[] = [];
  token = token;
  #rows: EventRow[];
  readonly #options: StandInOptions;
  readonly #arrivals: Extract<EventMessage, { kind: 'row' }>[] = [];
  readonly #streams = new Set<ServerResponse>();
  readonly #server: Server;
  /** As the real server reads them. */
  readonly #assets: ReadonlyMap<string, Asset> = readAssets(repository);
  #port = 0;
  #cursor = 0;

  constructor(options: StandInOptions = {}) {
    this.#options = options;
    this.#rows = [...(options.rows ?? [])];
    this.#server = createServer((request, response) => void this.#handle(request, response));
  }

  get address(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  link(path = '/events'): string {
    return `${this.address}${path}#t=${token}`;
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    this.#streams.clear();
  }

  /** How many pages are connected. */
  get connections(): number {
    return this.#streams.size;
  }

  /** Sends to every open page. */
  send(message: EventMessage): void {
    for (const stream of this.#streams) stream.write(`${JSON.stringify(message)}\n`);
  }

  arrive(...rows: readonly EventRow[]): void {
    for (const arrived of rows) {
      this.#rows.unshift(arrived);
      const message = { kind: 'row', row: arrived, cursor: String(++this.#cursor) } as const;
      this.#arrivals.push(message);
      this.send(message);
    }
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, this.address);
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    if (!url.pathname.startsWith('/api/')) return this.#file(url.pathname, response);
    if (request.headers.authorization !== `Bearer ${this.token}`) {
      return this.#json(response, 401, { error: { code: 'token', message: 'The token is wrong.', fix: '' } });
    }
    if (url.pathname === '/api/events') return this.#events(url.searchParams.get('after'), response);
    if (url.pathname === '/api/search') return this.#search(url.searchParams.get('q')!, response);
    if (url.pathname === '/api/replay') return this.#replay(request, response);
    const attempts = '/api/attempts/';
    if (url.pathname.startsWith(attempts))
      return this.#attempts(url.pathname.slice(attempts.length), response);
    const causes = '/api/causes/';
    if (url.pathname.startsWith(causes)) return this.#cause(url.pathname.slice(causes.length), response);
    return this.#capture(decodeURIComponent(url.pathname.slice('/api/captures/'.length)), response);
  }

  #json(response: ServerResponse, status: number, body: unknown): void {
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  }

  #file(path: string, response: ServerResponse): void {
    const { type, bytes } = this.#assets.get(path) ?? this.#assets.get('/index.html')!;
    response.writeHead(200, { 'Content-Type': type }).end(bytes);
  }

  #events(after: string | null, response: ServerResponse): void {
    this.cursors.push(after);
    response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
    if (this.#options.isSilent) {
      response.flushHeaders();
      return;
    }
    const session: Session = {
      store: '.scalekit-hooks/captures',
      listener: 'http://127.0.0.1:3000',
      follower: 'inspector',
      targets: ['app', 'staging'],
      ...this.#options.session,
    };
    const messages: EventMessage[] = [{ kind: 'session', session }];
    for (let at = 0; after === null && at < this.#rows.length; at += 300) {
      messages.push({ kind: 'rows', rows: this.#rows.slice(at, at + 300) });
    }
    messages.push({ kind: 'loaded', cursor: after ?? String(this.#cursor) });
    if (after !== null)
      messages.push(...this.#arrivals.filter(({ cursor }) => Number(cursor) > Number(after)));
    response.write(messages.map((message) => `${JSON.stringify(message)}\n`).join(''));
    this.#streams.add(response);
    response.on('close', () => this.#streams.delete(response));
  }

  #search(text: string, response: ServerResponse): void {
    this.searches.push(text);
    const found = this.#rows.filter(({ id }) => this.#options.details?.[id]?.body?.includes(text));
    const messages: SearchMessage[] = [
      { kind: 'progress', searched: 0, total: this.#rows.length },
      { kind: 'found', ids: found.map(({ id }) => id) },
      { kind: 'progress', searched: this.#rows.length, total: this.#rows.length },
    ];
    response.end(messages.map((message) => `${JSON.stringify(message)}\n`).join(''));
  }

  #attempts(name: string, response: ServerResponse): void {
    const found = this.#rows.find(({ id }) => id === decodeURIComponent(name));
    const responses = this.#options.details?.[found?.id ?? '']?.responses ?? [];
    this.#json(response, 200, found ? attemptDetails(found, responses) : []);
  }

  #cause(name: string, response: ServerResponse): void {
    const id = decodeURIComponent(name);
    this.causes.push(id);
    const cause = this.#options.details?.[id]?.cause ?? 'unknown cause';
    this.#json(response, 200, { cause, isCertain: cause !== 'unknown cause' });
  }

  #capture(id: string, response: ServerResponse): void {
    const found = this.#rows.find((candidate) => candidate.id === id);
    const error = { code: 'not_found', message: 'This capture was removed.', fix: 'Select another event.' };
    if (found) this.#json(response, 200, detailOf(found, this.#options.details?.[id]));
    else this.#json(response, 404, { error });
  }

  async #replay(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += chunk;
    const replayed: ReplayRequest = JSON.parse(text);
    this.replays.push(replayed);
    const was = this.#rows.find(({ id }) => id === replayed.capture)?.attempts.at(-1) ?? null;
    const made = attempt({
      time: noon + 80_000 + this.replays.length * 491,
      via: 'replay',
      follower: 'inspector',
      durationMs: 35,
    });
    this.#rows = this.#rows.map((each) =>
      each.id === replayed.capture ? { ...each, attempts: [...each.attempts, made] } : each,
    );
    this.#json(response, 200, { attempt: made, was });
    this.send({ kind: 'attempt', id: replayed.capture, attempt: made, cursor: String(++this.#cursor) });
  }
}
