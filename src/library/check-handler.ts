import type { FuzzOptions } from '../checks/fuzz/index.ts';
import { INTERCEPTOR_TIMEOUT, WEBHOOK_TIMEOUT } from '../delivery/schedules.ts';
import type { TriggerPoint } from '../events/catalog/trigger-points.ts';
import type { EventType } from '../events/shapes/shapes.ts';
// The checks are loaded on demand, when a test may have replaced the clock.
import '../real-clock.ts';
import { packageRoot } from '../root.ts';
import type { CheckReport, ObservedState } from './check-run.ts';
import { throwWithOptions } from './errors.ts';
import { needFetchClasses } from './fetch-classes.ts';
import { type Prepare, type RequestParts, subjectOf } from './handler-subject.ts';
import { type HeadersInput, toPairs } from './headers.ts';
import type { Observe } from './observe.ts';
import { knownOptions } from './options.ts';
import { readSecrets, type SecretInput } from './secrets.ts';
import { thrownText } from './thrown.ts';
import { toSpan } from './times.ts';

/** A handler that takes a Fetch Request, as in Hono, Next.js route handlers, Remix, Deno and Bun. */
export type FetchHandler<R extends Request = Request, C = undefined> = (
  request: R,
  context: C,
) => Response | Promise<Response>;

export interface CheckOptions {
  /** The signing secret that the handler verifies with. */
  readonly secret: SecretInput;
  /** Event types that the handler supports, or patterns such as `user.*`. All by default. */
  readonly types?: EventType | (string & {}) | readonly (EventType | (string & {}))[];
  /** For an interceptor: the trigger points that it handles. Cannot be combined with `types`. */
  readonly interceptor?: TriggerPoint | readonly TriggerPoint[];
  /** Names, groups or patterns of the checks to run. All by default. */
  readonly only?: string | readonly string[];
  /** Names, groups or patterns of checks to skip. */
  readonly skip?: string | readonly string[];
  /**
   * Reads the state of the app, such as the rows of a table. The checks then also cover what messages change: a repeated
   * one acts once, a forged one not at all.
   */
  readonly observe?: Observe;
  /** The event type to test with. By default, the first whose effect is seen. */
  readonly observeType?: EventType | (string & {});
  /** How long the app may take to act after a response, in ms. 2000 by default. */
  readonly settle?: number;
  /** Generated events to send: their number, or with the seed that makes them. None by default. */
  readonly fuzz?: number | { readonly runs: number; readonly seed?: number };
  /** Treats warnings as failures. */
  readonly strict?: boolean;
  /** For each response, in ms. 10 s by default, 5 s for an interceptor. */
  readonly timeout?: number;
  /** URL of the Request objects, http://localhost:3000/webhook by default. Nothing is sent there. */
  readonly url?: string | URL;
  /** Additional headers for each request. */
  readonly headers?: HeadersInput;
}

/** For handlers that take a request of a framework, or a second argument. */
export interface FrameworkOptions<R extends Request, C> {
  /** Makes each request, such as `(url, init) => new NextRequest(url, init)`. */
  readonly makeRequest: (url: string, init: RequestParts) => R;
  /** Passed as the second argument, such as `{ params: Promise.resolve({}) }`. */
  readonly context?: C;
}

/**
 * Runs the checks of `scalekit-hooks check` against a handler function, without a network connection: valid messages
 * it must accept, forged ones it must reject, and how it behaves. Checks that need a connection are skipped with a
 * reason. Rejects with HooksError for a malformed secret or an unknown type or check, and with TypeError for a
 * `handler` that is not a function or for invalid options.
 */
export function checkHandler(
  handler: FetchHandler<Request, undefined> | ((request: Request) => Response | Promise<Response>),
  options: CheckOptions,
): Promise<CheckReport>;
export function checkHandler<R extends Request, C>(
  handler: FetchHandler<R, C>,
  options: CheckOptions & FrameworkOptions<R, C>,
): Promise<CheckReport>;
export async function checkHandler<R extends Request, C>(
  handler: FetchHandler<R, C>,
  given: CheckOptions & Partial<FrameworkOptions<R, C>>,
): Promise<CheckReport> {
  if (typeof handler !== 'function') throw new TypeError('handler must be a function that takes a Request');
  const options: Partial<typeof given> = knownOptions(given, optionNames);
  const secrets = readSecrets(options.secret);
  const triggers = textsOf(options, 'interceptor') as TriggerPoint[];
  const types = options.types === undefined ? ['*'] : textsOf(options, 'types');
  if (types.length === 0) throw new TypeError('types must be a non-empty list of event types or patterns');
  if (triggers.length > 0 && options.types !== undefined) {
    throw new TypeError('types and interceptor cannot be combined: an interceptor does not receive events');
  }
  const observation = observationOf(options, triggers);
  const fuzz = fuzzOf(options.fuzz, triggers);
  const { timeout = triggers.length > 0 ? INTERCEPTOR_TIMEOUT : WEBHOOK_TIMEOUT } = options;
  toSpan('timeout', timeout);
  if (options.makeRequest !== undefined && typeof options.makeRequest !== 'function')
    throw new TypeError('makeRequest must be a function that takes a URL and the init of a Request');
  if (options.makeRequest === undefined) needFetchClasses();
  const makeRequest = options.makeRequest ?? ((input, init) => new Request(input, init) as R);
  const prepare: Prepare = (input, init) => {
    const request = requestOf(makeRequest, input, init);
    return () => handler(request, options.context as C);
  };
  // Loaded on demand: the schemas for interceptor responses set a global.
  const { checkSubject } = await import('./check-run.ts');
  const url = String(options.url ?? 'http://localhost:3000/webhook');
  return checkSubject(subjectOf(prepare, { url, timeout }), {
    root: packageRoot,
    secrets,
    headers: options.headers === undefined ? [] : toPairs(options.headers),
    types,
    triggers,
    selection: { only: textsOf(options, 'only'), skip: textsOf(options, 'skip') },
    observation,
    fuzz,
    isStrict: options.strict ?? false,
    timeout,
    url,
  }).catch(throwWithOptions);
}

const optionNames = {
  secret: true,
  types: true,
  interceptor: true,
  only: true,
  skip: true,
  observe: true,
  observeType: true,
  settle: true,
  fuzz: true,
  strict: true,
  timeout: true,
  url: true,
  headers: true,
  makeRequest: true,
  context: true,
} as const;

/** The texts of an option that takes one or a list. Throws TypeError for something else. */
function textsOf<Name extends 'types' | 'interceptor' | 'only' | 'skip'>(
  options: Partial<CheckOptions>,
  name: Name,
): string[] {
  const texts: unknown[] = [options[name] ?? []].flat();
  if (texts.every((text) => typeof text === 'string')) return texts;
  throw new TypeError(`${name} must be a string or a list of strings`);
}

function observationOf(
  { observe, observeType, settle = DEFAULT_SETTLE_MS }: Partial<CheckOptions>,
  triggers: readonly string[],
): ObservedState | undefined {
  toSpan('settle', settle);
  if (observe === undefined) {
    if (observeType !== undefined) throw new TypeError('observeType needs observe');
    return undefined;
  }
  if (typeof observe !== 'function') throw new TypeError('observe must be a function that returns the state');
  if (triggers.length > 0) throw new TypeError('observe and interceptor cannot be combined');
  return { observe, observedType: observeType, settleMs: settle };
}

function fuzzOf(given: CheckOptions['fuzz'], triggers: readonly string[]): FuzzOptions | undefined {
  if (given === undefined) return undefined;
  if (triggers.length > 0) throw new TypeError('fuzz and interceptor cannot be combined');
  const { runs, seed = Math.floor(Math.random() * MAX_SEED) } =
    typeof given === 'number' ? { runs: given } : given;
  if (!Number.isInteger(runs) || runs < 1)
    throw new TypeError('fuzz must be a whole number of events, at least 1');
  if (!Number.isInteger(seed) || seed < 0 || seed >= MAX_SEED)
    throw new TypeError('the seed of fuzz must be a whole number from 0 to 2147483647');
  return { runs, seed };
}

const DEFAULT_SETTLE_MS = 2000;
const MAX_SEED = 2 ** 31;

/** A mistake here is not the handler's. */
function requestOf<R>(
  makeRequest: (url: string, init: RequestParts) => R,
  url: string,
  init: RequestParts,
): R {
  let request: R;
  try {
    request = makeRequest(url, init);
  } catch (cause) {
    throw new TypeError(`makeRequest threw ${thrownText(cause)}`, { cause });
  }
  if (typeof (request as Partial<Request> | undefined)?.headers?.get !== 'function')
    throw new TypeError('makeRequest must return a Request, not a promise of one');
  return request;
}
