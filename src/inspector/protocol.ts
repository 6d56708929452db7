/**
 * What the inspector's server and its page say to each other: JSON over HTTP on loopback, with the token as
 * `Authorization: Bearer TOKEN`. Types only, so that the page imports nothing of the program. All text in it can come
 * from anyone who can reach a listener.
 *
 *   GET  /api/events[?after=CURSOR]  a stream of EventMessage, one JSON object per line, without end
 *   GET  /api/captures/ID            CaptureDetail
 *   GET  /api/attempts/ID            AttemptDetail[], oldest first
 *   GET  /api/causes/ID              ShortCause
 *   GET  /api/search?q=TEXT          a stream of SearchMessage, one JSON object per line
 *   POST /api/replay                 ReplayRequest, answered with ReplayResult
 *
 * The views for composing and for checks have more, in compose-protocol.ts and check-protocol.ts. Errors are ApiError with a
 * status of 400 or more. 401: the token is wrong, because the inspector was restarted.
 */

/** One capture in the list: everything but headers and body. */
export interface EventRow {
  /** The id of the capture. */
  readonly id: string;
  /** When it was received, in ms since 1970. */
  readonly time: number;
  readonly type: string | null;
  readonly eventId: string | null;
  readonly webhookId: string | null;
  readonly organization: string | null;
  readonly source: 'listen' | 'pull' | 'compose';
  readonly path: string;
  readonly verified: boolean;
  /** Why it was rejected, in a few words, such as `10 min old`; null if it was verified. */
  readonly reason: string | null;
  /** Whether the reason has a cause that can be searched for. */
  readonly hasCause: boolean;
  /** What the sender got; null if a handler answered, which the first attempt shows. */
  readonly status: number | null;
  /** The URL that it is forwarded to; null if it is not. */
  readonly forwardTo: string | null;
  /** Oldest first. */
  readonly attempts: readonly AttemptShown[];
}

/** A delivery to a handler. */
export interface AttemptShown {
  /** In ms since 1970. */
  readonly time: number;
  readonly via: 'forward' | 'replay';
  /** Who replayed or composed it; null if the listener forwarded it. */
  readonly follower: string | null;
  readonly url: string;
  /** Null without a response. */
  readonly status: number | null;
  /** Such as `timeout` or `connection_refused`; null for a complete response. */
  readonly failure: string | null;
  readonly durationMs: number;
}

/** An attempt with what a list has no room for. */
export interface AttemptDetail extends AttemptShown {
  /** The beginning of the response body; null if there is none, or it was not stored. */
  readonly response: string | null;
}

/** A line of the stream. Rows come newest first until `loaded`; what arrives afterwards is new. */
export type EventMessage =
  /** First: where the captures are, and what the page may do. */
  | { readonly kind: 'session'; readonly session: Session }
  /** Captures that exist already, at most a few hundred per line. */
  | { readonly kind: 'rows'; readonly rows: readonly EventRow[] }
  /** All rows that existed have been sent. To go on after a lost connection, ask with `after=cursor`. */
  | { readonly kind: 'loaded'; readonly cursor: string }
  /** A new capture. */
  | { readonly kind: 'row'; readonly row: EventRow; readonly cursor: string }
  /** A new attempt of a capture that was sent before, or that is older than all that were sent. */
  | { readonly kind: 'attempt'; readonly id: string; readonly attempt: AttemptShown; readonly cursor: string }
  /**
   * No listener was running, or captures were removed before they could be read. In ms since 1970. Without a cursor before
   * `loaded`.
   */
  | { readonly kind: 'gap'; readonly from: number; readonly until: number; readonly cursor?: string }
  /** Nothing happened for a while; the connection is alive. */
  | { readonly kind: 'alive'; readonly cursor: string }
  /** The store cannot be reached, or can be again. */
  | { readonly kind: 'link'; readonly state: 'lost' | 'restored' };

export interface Session {
  /** For people: a folder, or a URL without its password. */
  readonly store: string;
  /** The URL of the listener beside this inspector; null without one. */
  readonly listener: string | null;
  /** The name under which this inspector records replays. */
  readonly follower: string;
  /** What captures can be replayed to, by name. The page never sends a URL. */
  readonly targets: readonly string[];
}

/** One capture with everything that is known about it. */
export interface CaptureDetail {
  readonly row: EventRow;
  readonly attempts: readonly AttemptDetail[];
  readonly method: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The received body; only its beginning if `truncated`. */
  readonly bodyBase64: string;
  readonly bodyBytes: number;
  readonly truncated: boolean;
  readonly verdict: VerdictDetail;
  /** Commands that do the same in a terminal. */
  readonly curl: string;
  readonly command: string;
}

/** Why a message was rejected, in a few words, such as `re-serialized`. */
export interface ShortCause {
  readonly cause: string;
  /** Whether it is proven. If not, a later delivery of the same event can explain it: ask again then. */
  readonly isCertain: boolean;
}

export interface VerdictDetail {
  readonly verified: boolean;
  /** The cause in a few words; null if none was searched for. */
  readonly shortCause: string | null;
  /** Why it was rejected, as a sentence; null if it was verified. */
  readonly detail: string | null;
  /** Seconds between its timestamp and its receipt. */
  readonly ageSeconds: number | null;
  /** Proven causes first. */
  readonly causes: readonly {
    readonly certain: boolean;
    readonly message: string;
    readonly evidence: string | null;
    readonly fix: string;
  }[];
  /** What can be said if nothing makes the signature match. */
  readonly unexplained: string | null;
  /** The body that was signed, if it is proven, to show the difference; null if it is unknown or the same. */
  readonly signedBodyBase64: string | null;
}

export type SearchMessage =
  /** Captures whose body contains the text; newest first. */
  | { readonly kind: 'found'; readonly ids: readonly string[] }
  | { readonly kind: 'progress'; readonly searched: number; readonly total: number };

export interface ReplayRequest {
  readonly capture: string;
  /** `resigned`: the same webhook-id, signed now. `new`: also a new webhook-id and event id. `exact`: as received. */
  readonly mode: 'resigned' | 'new' | 'exact';
  /** One of the session's targets; null for where it was forwarded to, or the only target. */
  readonly target: string | null;
  /** An edited body, not with `exact`; absent for the received one. */
  readonly body?: string;
}

export interface ReplayResult {
  readonly attempt: AttemptShown;
  /** The previous attempt at the same target, to compare; null for the first. */
  readonly was: AttemptShown | null;
}

export interface ApiError {
  readonly error: { readonly code: string; readonly message: string; readonly fix: string };
}
