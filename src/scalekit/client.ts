import * as z from 'zod/mini';
import { HooksError } from '../errors.ts';
import { parseJson } from '../json.ts';
import { ApiConnection, type LogAnswer } from './http.ts';

/** An event as the log has it. Unknown members pass. */
export interface LoggedEvent {
  readonly id: string;
  readonly type: string;
  readonly occurred_at: string;
  readonly [member: string]: unknown;
}

/** Which events to list. Both times are included, in ISO 8601. */
export interface EventFilter {
  readonly event_types?: readonly string[];
  readonly start_time?: string;
  readonly end_time?: string;
  readonly organization_id?: string;
}

/** A page of the event log. */
export interface EventPage {
  /** Newest first. */
  readonly events: readonly LoggedEvent[];
  /** Empty after the last page. */
  readonly next: string;
  /** When the API answered, by its own clock, in ms since 1970; undefined if it does not say. */
  readonly servedAt: number | undefined;
}

/**
 * A page, or why there is none. `later`: another attempt may help, after the time in the Retry-After header if there is
 * one. `token_rejected`: the page token is not accepted; the first page needs none.
 */
export type PageResult =
  | { readonly kind: 'page'; readonly page: EventPage }
  | { readonly kind: 'later'; readonly reason: string; readonly retryAfter: string | undefined }
  | { readonly kind: 'token_rejected'; readonly reason: string };

/** An environment, and the credentials of its API. */
export interface ApiAccount {
  readonly environment: URL;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The most that the API gives at once. */
const PAGE_SIZE = 100;
/** A token is renewed this long before it ends, in ms. */
const RENEWED_BEFORE_MS = 60_000;

const tokenSchema = z.looseObject({ access_token: z.string(), expires_in: z.optional(z.number()) });
const pageSchema = z.looseObject({
  events: z.nullish(z.array(z.looseObject({ id: z.string(), type: z.string(), occurred_at: z.string() }))),
  next_page_token: z.nullish(z.string()),
});

/**
 * Lists Scalekit's event log over the REST gateway that the SDKs' descriptors describe (`google.api.http` of
 * EventsService.ListEventsPaginated). The token stays in memory.
 */
export class EventLog {
  readonly #account: ApiAccount;
  readonly #connection = new ApiConnection();
  #token: { readonly text: string; readonly until: number } | undefined;
  /** Whether a page was read: after that, another answer comes from something in between, and not for long. */
  #hasAnswered = false;
  #servedAt: number | undefined;

  constructor(account: ApiAccount) {
    this.#account = account;
  }

  /** One page. Throws HooksError for credentials that are denied and for an answer that is not the API's. */
  async list(filter: EventFilter, after: string, stop: AbortSignal): Promise<PageResult> {
    const first = await this.#listOnce(filter, after, stop);
    // A token can end early, or be revoked.
    if (first !== 'denied') return first;
    this.#token = undefined;
    const second = await this.#listOnce(filter, after, stop);
    if (second !== 'denied') return second;
    throw this.#denied(401);
  }

  /** When the last page came, by the clock of the API, in ms since 1970; undefined if it does not say. */
  get servedAt(): number | undefined {
    return this.#servedAt;
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async #listOnce(filter: EventFilter, after: string, stop: AbortSignal): Promise<PageResult | 'denied'> {
    const token = await this.#accessToken(stop);
    if ('kind' in token) return token;
    const url = new URL('/api/v1/events/paginated', this.#account.environment);
    url.searchParams.set('page_size', String(PAGE_SIZE));
    if (after !== '') url.searchParams.set('page_token', after);
    const answer = await this.#connection.send(
      url,
      {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token.text}`,
          'content-type': 'application/json',
          accept: 'application/json',
        },
        body: JSON.stringify(filter),
      },
      stop,
    );
    if (answer.answered && answer.status === 401) return 'denied';
    if (answer.answered && answer.status === 403) throw this.#denied(403);
    if (answer.answered && answer.status === 400) {
      const reason = messageOf(answer.text);
      if (after !== '') return { kind: 'token_rejected', reason };
      throw new HooksError('event_log_rejected', { host: url.host, reason });
    }
    const read = this.#read(pageSchema, answer, url);
    if ('kind' in read) return read;
    this.#hasAnswered = true;
    const { events, next_page_token: next } = read.value;
    this.#servedAt = dateOf(answer);
    return { kind: 'page', page: { events: events ?? [], next: next ?? '', servedAt: this.#servedAt } };
  }

  async #accessToken(stop: AbortSignal) {
    if (this.#token && Date.now() < this.#token.until) return this.#token;
    const { environment, clientId, clientSecret } = this.#account;
    const url = new URL('/oauth/token', environment);
    const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
    const answer = await this.#connection.send(
      url,
      {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        body: new URLSearchParams(form).toString(),
      },
      stop,
    );
    if (answer.answered && [400, 401, 403].includes(answer.status)) throw this.#denied(answer.status);
    const read = this.#read(tokenSchema, answer, url);
    if ('kind' in read) return read;
    const { access_token: text, expires_in: seconds = 300 } = read.value;
    this.#token = { text, until: Date.now() + seconds * 1000 - RENEWED_BEFORE_MS };
    return this.#token;
  }

  #denied(status: number): HooksError {
    const { environment, clientId } = this.#account;
    return new HooksError('credentials_denied', { host: environment.host, clientId, status });
  }

  /** Throws HooksError if the first answer has another form. */
  #read<T extends z.ZodMiniType>(schema: T, answer: LogAnswer, url: URL): { value: z.infer<T> } | Later {
    const later = laterOf(answer, url.host);
    if (later) return later;
    const { status, text } = answer as Extract<LogAnswer, { answered: true }>;
    const json = status === 200 ? parseJson(text) : undefined;
    const parsed = schema.safeParse(json);
    if (parsed.success) return { value: parsed.data };
    const problem = problemOf(status, text, json);
    if (this.#hasAnswered)
      return { kind: 'later', reason: `the API answered with ${problem}`, retryAfter: undefined };
    throw new HooksError('not_the_api', { url: `${url.origin}${url.pathname}`, problem });
  }
}

type Later = Extract<PageResult, { kind: 'later' }>;

/** How an answer differs from those of the API. `json` is undefined for text that is not JSON. */
function problemOf(status: number, text: string, json: unknown): string {
  if (/^\s*<(?:!doctype|html)/i.test(text)) return 'a web page';
  if (status !== 200) return `status ${status}`;
  return json === undefined ? 'text that is not JSON' : 'JSON of another form';
}

function dateOf(answer: LogAnswer): number | undefined {
  const time = answer.answered ? Date.parse(String(answer.headers.date)) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** Too many requests, a server's failure, or a lost connection: another attempt may help. Throws HooksError if not. */
function laterOf(answer: LogAnswer, host: string): Later | undefined {
  if (!answer.answered && answer.isFinal)
    throw new HooksError('event_log_unreachable', { host, reason: answer.reason });
  if (!answer.answered) return { kind: 'later', reason: answer.reason, retryAfter: undefined };
  if (![408, 429].includes(answer.status) && answer.status < 500) return undefined;
  const reason = answer.status === 429 ? 'too many requests (429)' : `the API answered ${answer.status}`;
  return { kind: 'later', reason, retryAfter: answer.headers['retry-after'] };
}

function messageOf(text: string): string {
  const { message } = (parseJson(text) ?? {}) as { message?: unknown };
  return typeof message === 'string' ? message : 'no reason was given';
}
