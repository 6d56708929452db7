import type { Headers } from '../../message.ts';

/**
 * One thing that a command reports. The members have the names that `--json` prints after `kind`, `v` and `time`;
 * docs/json.md and docs/schema/ are generated from these interfaces and their comments.
 */
export type Fact =
  | Ready
  | Inspecting
  | Delivered
  | MessageShown
  | MessageReceived
  | Intercepted
  | Explained
  | VerdictShown
  | Forwarded
  | CaptureListed
  | CaptureWhole
  | FixtureSaved
  | CapturesCleared
  | NotListening
  | EventTypeListed
  | ScenarioListed
  | Exported
  | CheckListed
  | Checked
  | Counterexampled
  | Diagnosed
  | SecretShown
  | Summary
  | Failed;

/** The event in the body of a message. */
interface OfEvent {
  /** Null when the body has none, as is `event_id`. */
  event_type: string | null;
  event_id: string | null;
}

/** The headers and the body of a message. */
interface OfMessage {
  /** Names and values in their original order and case. */
  headers: Headers;
  /** The body as text; null when it is not UTF-8, and then `body_base64` has it. */
  body: string | null;
  /** The bytes of the body; null when `body` has them. */
  body_base64: string | null;
}

/** The result of verification. */
interface OfVerdict {
  verified: boolean;
  /** A code, explained by `detail`; null when verified. */
  reason: string | null;
  /** What the reason means; null when verified. */
  detail: string | null;
  /** The age of the timestamp when the message was judged; negative for a time in the future. */
  age_seconds: number | null;
}

/** The listener accepts connections. */
export interface Ready {
  kind: 'ready';
  /** Where to send messages. */
  url: string;
  host: string;
  port: number;
  /** The only path that is accepted; null for any. */
  path: string | null;
  /** Where the signing secret came from. */
  secret_source: string;
  /** The folder that stores captures; null when they are not stored. */
  captures: string | null;
  /** The targets to which events of a type or pattern are forwarded. */
  forward_to: { pattern: string; url: string }[];
}

/** The inspector can be opened. */
export interface Inspecting {
  kind: 'inspecting';
  /** The link, with a token. */
  url: string;
  /** Where the captures are. */
  store: string;
  /** Where they can be replayed to. */
  targets: string[];
}

/** A delivery, or an attempt without a response. */
export interface Delivered extends OfEvent {
  kind: 'delivered';
  webhook_id: string;
  /** The URL. */
  target: string;
  /** Whether the handler accepted the message, or rejected it if --fault made it invalid. */
  ok: boolean;
  /** Starts at 1. */
  attempt: number;
  /** Until the next attempt; null when there is none. */
  retry_in_ms: number | null;
  /** The name of the deliberate fault. */
  fault: string | null;
  /** The id of the capture that was replayed, or made of a pulled event; null when there is none. */
  capture: string | null;
  /** The status, or failure, of the previous delivery; null when there was none. */
  was: string | null;
  /** The statuses that the step of a scenario expects: `2xx`, `401`; null for other messages. */
  expects: string[] | null;
  /** Null when there was no response. */
  status: number | null;
  /** Why there was no response, or why it did not end: a code. */
  failure: string | null;
  /** From the start of the attempt to the end of the response. */
  duration_ms: number;
  /** The body of the response, cut; null when there was none. */
  response: string | null;
  /** What the outcome means; null for a plain success. */
  detail: string | null;
  /** What to do about it; null for a plain success. */
  fix: string | null;
  /** Possible causes of a rejection, most likely first. */
  causes: Cause[];
}

/** A message that --dry-run or --print shows. */
export interface MessageShown extends OfEvent, OfMessage {
  kind: 'message';
  method: string;
  /** Where it would be sent. */
  url: string;
  /** A shell command that sends it; null unless requested. */
  curl: string | null;
  /** With --print http: the text of a .http file, as REST clients of editors read it. */
  http: string | null;
}

/** The listener received a message and checked its signature. */
export interface MessageReceived extends OfEvent, OfVerdict, OfMessage {
  kind: 'received';
  organization_id: string | null;
  webhook_id: string | null;
  /** The status that the sender got. */
  status: number;
  /** Until the response was sent. */
  duration_ms: number;
  /** Fields that differ from the API reference; null without --verbose. */
  schema_differences: SchemaDifference[] | null;
  /** The number of verified messages with this webhook-id so far, this one included. */
  delivery_number: number;
  /** The id of the capture; null when it was not stored. */
  capture: string | null;
  method: string;
  /** The path and query. */
  path: string;
}

/** A call to an interceptor, or an attempt without a response. */
export interface Intercepted
  extends Omit<Delivered, 'kind' | 'event_type' | 'event_id' | 'capture' | 'was' | 'expects' | 'ok'> {
  kind: 'intercepted';
  /** Whether the response follows the contract, be it ALLOW or DENY; with --fault, whether the app denied the request. */
  ok: boolean;
  trigger_point: string;
  /** Null when the response contains none. */
  decision: 'ALLOW' | 'DENY' | null;
  /** The message that the user sees on DENY. */
  decision_message: string | null;
  /** The claims and memberships that an ALLOW adds. */
  decision_response: Readonly<Record<string, unknown>> | null;
  /** How the response breaks the contract. */
  problems: readonly string[];
  /** Parts of the response that are valid but probably a mistake. */
  remarks: readonly string[];
}

/** The explanation of a message that the listener rejected. */
export interface Explained {
  kind: 'explained';
  webhook_id: string | null;
  /** The id of the capture; null when there is none. */
  capture: string | null;
  /** The number of combinations of common mistakes that were tried. */
  combinations: number;
  /** Whether undoing what the causes name makes the signature match. */
  explained: boolean;
  /** Every cause that is equally likely, each with its fix. */
  causes: Cause[];
  /** The most likely explanation when nothing makes the signature match. */
  unexplained: string | null;
}

/** A mistake in a message or a handler, with its fix. */
export interface Cause {
  readonly codes: readonly string[];
  /** Whether it is proven, or visible in the message; otherwise it is only likely. */
  readonly certain: boolean;
  readonly message: string;
  /** The proof; null for an observation or a possible cause. */
  readonly evidence: string | null;
  readonly fix: string;
}

/** The result of `verify`. */
export interface VerdictShown extends OfEvent, OfVerdict, Omit<Explained, 'kind'> {
  kind: 'verdict';
  /** What to do when the cause is unknown; null when it is known, or when the reason names it. */
  unexplained_fix: string | null;
  /** The time as of which the message was judged. */
  at: string;
  /** The secret that signed it, masked; null when it was rejected. */
  secret: string | null;
  /** Where the secrets came from. */
  secret_source: string;
  /** Known libraries that disagree with the verdict, or may. */
  notes: { code: string; message: string }[];
  /** Fields of a known event type that differ from the API reference. */
  schema_differences: SchemaDifference[];
  /** The signed text by parts; null unless requested. */
  signed_text: SignedTextShown | null;
}

/** A field that differs from the API reference. */
export interface SchemaDifference {
  readonly field: string;
  readonly message: string;
}

export type SignedTextShown = {
  part: 'id' | 'timestamp' | 'body' | 'all';
  text: string | null;
  bytes: number;
  sha256: string;
}[];

/** A received message was forwarded to the app, with or without a response. */
export interface Forwarded extends Omit<Delivered, 'kind' | 'fault' | 'was' | 'expects' | 'capture' | 'ok'> {
  kind: 'forwarded';
  /** Whether the app accepted the message. */
  ok: boolean;
  /** The id of the capture that was forwarded; null when it was not stored. */
  capture: string | null;
}

/** A capture in a list. */
export interface CaptureListed extends OfEvent, OfVerdict {
  kind: 'capture';
  /** Its id. */
  capture: string;
  /** When it was received or pulled, as ISO 8601. */
  captured_at: string;
  /** Whether `listen` received it, `pull` read it from Scalekit's event log, or it was composed in the inspector. */
  source: 'listen' | 'pull' | 'compose';
  organization_id: string | null;
  webhook_id: string | null;
  /** The status that the sender got; null when the app answered, whose response is the first of the outcomes. */
  status: number | null;
  /** The URL that it was forwarded to; null when it was not forwarded. */
  forward_to: string | null;
  method: string;
  /** The path and query. */
  path: string;
  /** Results of forwarding and replaying it, latest last; in a list, only the latest. */
  outcomes: KeptOutcome[];
}

/** The result of forwarding or replaying a capture. */
export interface KeptOutcome {
  time: string;
  via: 'forward' | 'replay';
  /** Who replayed it, as user@host; null when it was forwarded. */
  follower: string | null;
  url: string;
  status: number | null;
  failure: string | null;
  duration_ms: number;
}

/** A capture with headers and body. */
export interface CaptureWhole extends Omit<CaptureListed, 'kind'>, OfMessage {
  kind: 'capture_whole';
  /** Whether headers are followed by only the beginning of the body: of long rejected ones, only that is stored. */
  truncated: boolean;
  /** The length of the body as it was received, in bytes. */
  body_bytes: number;
  /** SHA-256 of the whole body, in hex, if it is truncated. */
  body_sha256: string | null;
}

/** A time in which no listener stored what was sent, in a list of captures. */
export interface NotListening {
  kind: 'not_listening';
  /** When the last listener stopped, as ISO 8601. */
  from: string;
  /** When the next one started. */
  until: string;
}

/** A capture, or a pulled event, was saved as an event file. */
export interface FixtureSaved {
  kind: 'saved';
  /** The id of the capture; of `pull --save`, the id of the event. */
  capture: string;
  event_type: string | null;
  /** The file that was written. */
  path: string;
  /** The number of values that --scrub replaced. */
  scrubbed: number;
}

/** Captures were cleared, or would be with --yes. */
export interface CapturesCleared {
  kind: 'cleared';
  folder: string;
  /** The number of captures. */
  captures: number;
  /** Their size on disk. */
  bytes: number;
  /** False for a preview. */
  done: boolean;
}

/** A type of the catalog. */
export interface EventTypeListed {
  kind: 'event_type';
  event_type: string;
  category: string;
  /** The documentation page that lists it. */
  source: string;
  /** When Scalekit sends it; null for a type that its documentation does not list. */
  sent_when: string | null;
  /** A sample event, when a single type is shown. */
  sample: unknown;
}

/** A scenario, which `send --scenario` sends. */
export interface ScenarioListed {
  kind: 'scenario';
  /** Its name. */
  scenario: string;
  /** Null when its file has none. */
  description: string | null;
  /** The types of its steps, in order. */
  steps: string[];
  /** The user's own file; null for one of the package. */
  path: string | null;
}

/** Captures that were saved as a scenario. */
export interface Exported {
  kind: 'exported';
  path: string;
  /** The number of steps. */
  steps: number;
  /** The number of values that --scrub replaced. */
  scrubbed: number;
}

/** A check in `check --list`. */
export interface CheckListed {
  kind: 'check_listed';
  /** What --only and --skip take, as are `group` and `part`. */
  name: string;
  group: string;
  part: string;
  /** What the check sends. */
  sends: string;
  /** The response that passes. */
  expects: string;
  /** Why it matters. */
  why: string;
  /** What to do when it fails. */
  fix: string;
}

/** The result of a check. */
export interface Checked extends Omit<CheckListed, 'kind'> {
  kind: 'check';
  status: 'pass' | 'fail' | 'warn' | 'skip';
  /** Whether it fails the run; with --strict, a warning does too. */
  failed: boolean;
  /** The kind of failure, warning or skip; null for a pass. */
  code: string | null;
  /** The result, in a few words. */
  got: string;
  /** What a failure shows, as a predicate of the handler. */
  meaning: string;
  /** Until all responses had arrived. */
  duration_ms: number;
  /** The evidence, most important first; empty for a pass. */
  exchanges: CheckExchange[];
  /** The command that repeats only this check; null for a pass. */
  rerun: string | null;
}

/** A message that a check sent, and its response. */
export interface CheckExchange {
  /** What the message is, if it is not the one that the check is about, such as its control; else null. */
  readonly role: string | null;
  readonly method: string;
  readonly headers: Headers;
  /** The body as text, cut; null when it is not UTF-8, and then `body_base64` has it. */
  readonly body: string | null;
  readonly body_base64: string | null;
  readonly status: number | null;
  readonly failure: string | null;
  readonly duration_ms: number;
  readonly response: string | null;
}

/** The smallest generated event that a handler fails on in one way. */
export interface Counterexampled {
  kind: 'counterexample';
  event_type: string;
  /** The response, in a few words. */
  got: string;
  /** Where the event differs from a sample event that the handler accepts. */
  differences: string[];
  /** How many of the generated events failed in this way. */
  events: number;
  /** Whether it could not be made smaller; false if the limit of messages was reached. */
  smallest: boolean;
  event: Readonly<Record<string, unknown>>;
  /** The body of the response, cut; null when there was none. */
  response: string | null;
  /** The file with the event; null when it was not saved. */
  path: string | null;
  /** The command that sends it again; null when it was not saved. */
  resend: string | null;
}

/** The mistake in a handler that explains a pattern of results. */
export interface Diagnosed {
  kind: 'diagnosis';
  /** Its name, which stays the same when the wording changes. */
  code: string;
  /** Whether it is proven; otherwise it is only likely. */
  certain: boolean;
  /** The mistake, as a predicate of the handler. */
  message: string;
  /** The results that show it. */
  evidence: string[];
  /** The checks that failed because of it. */
  checks: string[];
  fix: string;
  /** The framework of the handler, as its responses show it; null if they do not. */
  framework: string | null;
  /** The fix in each framework, where it differs; `framework` first. */
  hints: { framework: string; fix: string }[];
}

/** The signing secret in use, unmasked. */
export interface SecretShown {
  kind: 'secret';
  secret: string;
  /** Where it came from. */
  source: string;
}

/** The counts of a whole run. */
export interface Summary {
  kind: 'summary';
  command: 'send' | 'listen' | 'replay' | 'pull' | 'check' | 'demo';
  /** Whether the exit code is 0. */
  ok: boolean;
  /** Messages sent, or received. */
  total: number;
  /** Messages that were not sent because the run was stopped. */
  unsent: number;
  /** Answered 2xx, or verified. */
  accepted: number;
  /** Answered with another status, or not verified. */
  rejected: number;
  /** Deliveries without a response. */
  no_response: number;
  /** Counts by status or failure. */
  statuses: Record<string, number>;
  /** Of the whole run. */
  duration_ms: number;
  /** Percentiles of the delivery times; null for `listen` and `demo`. */
  p50_ms: number | null;
  p95_ms: number | null;
  p99_ms: number | null;
  /** The results of --expect. */
  expected: { pattern: string; count: string; received: number; ok: boolean }[];
  /** Counts by result; null for other commands. */
  checks: { passed: number; failed: number; warned: number; skipped: number } | null;
}

/** A usage or configuration error, or an internal error. */
export interface Failed {
  kind: 'error';
  /** Its name, which stays the same when the wording changes. */
  code: string;
  /** What is wrong. */
  message: string;
  /** Why. */
  detail: string;
  /** What to do about it. */
  fix: string;
}
