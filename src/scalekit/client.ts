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
}

/** A page, or why there is none. Another attempt may help, after the time in the Retry-After header if there is one. */
export type PageResult =
  | { readonly kind: 'page'; readonly page: EventPage }
  | { readonly kind: 'later'; readonly reason: string; readonly retryAfter: string | undefined };

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
  events: z.optional(z.array(z.looseObject({ id: z.string(), type: z.string(), occurred_at: z.string() }))),
  next_page_token: z.optional(z.string()),
});

/**
 * Lists Scalekit's event log over the REST gateway that the SDKs' descriptors describe (`google.api.http` of
 * EventsService.ListEventsPaginated). The token stays in memory.
 */
export class EventLog {
  readonly #account: ApiAccount;
  readonly #connection = new ApiConnection();
  #token: { readonly text: string; readonly until: number } | undefined;

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
    if (answer.answered && answer.status === 400)
      throw new HooksError('event_log_rejected', { host: url.host, reason: messageOf(answer.text) });
    const later = laterOf(answer, url.host);
    if (later) return later;
    const { events = [], next_page_token: next = '' } = this.#read(pageSchema, answer, url);
    return { kind: 'page', page: { events, next } };
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
    const later = laterOf(answer, url.host);
    if (later) return later;
    const { access_token: text, expires_in: seconds = 300 } = this.#read(tokenSchema, answer, url);
    this.#token = { text, until: Date.now() + seconds * 1000 - RENEWED_BEFORE_MS };
    return this.#token;
  }

  #denied(status: number): HooksError {
    const { environment, clientId } = this.#account;
    return new HooksError('credentials_denied', { host: environment.host, clientId, status });
  }

  /** Throws HooksError for an answer of another form. */
  #read<T extends z.ZodMiniType>(schema: T, answer: LogAnswer, url: URL): z.infer<T> {
    const text = answer.answered ? answer.text : '';
    const status = answer.answered ? answer.status : 0;
    const parsed = schema.safeParse(status === 200 ? parseJson(text) : undefined);
    if (parsed.success) return parsed.data;
    const isPage = /^\s*<(?:!doctype|html)/i.test(text);
    const problem = isPage ? 'a web page' : status === 200 ? 'JSON of another form' : `status ${status}`;
    throw new HooksError('not_the_api', { url: `${url.origin}${url.pathname}`, problem });
  }
}

/** Too many requests, a server's failure, or a lost connection: another attempt may help. Throws HooksError if not. */
function laterOf(answer: LogAnswer, host: string): Extract<PageResult, { kind: 'later' }> | undefined {
  if (!answer.answered && answer.isFinal)
    throw new HooksError('event_log_unreachable', { host, reason: answer.reason });
  if (!answer.answered) return { kind: 'later', reason: answer.reason, retryAfter: undefined };
  if (answer.status !== 429 && answer.status < 500) return undefined;
  const reason = answer.status === 429 ? 'too many requests (429)' : `the API answered ${answer.status}`;
  return { kind: 'later', reason, retryAfter: answer.headers['retry-after'] };
}

function messageOf(text: string): string {
  const { message } = (parseJson(text) ?? {}) as { message?: unknown };
  return typeof message === 'string' ? message : 'no reason was given';
}
