import type { Headers } from '../../message.ts';

/**
 * One thing that a command tells the reporter. The members are named as `--json` prints them, after `fact`, `v` and
 * `time`; the README's table lists them and a test compares the two.
 */
export type Fact =
  | Ready
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
  | EventTypeListed
  | CheckListed
  | Checked
  | Diagnosed
  | SecretShown
  | Summary
  | Failed;

/** The listener's port is bound. */
export interface Ready {
  kind: 'ready';
  url: string;
  host: string;
  port: number;
  path: string | null;
  secret_source: string;
  /** The folder in which captures are kept; null when they are not. */
  captures: string | null;
  /** Where events of a type or pattern are handed on to. */
  forward_to: { pattern: string; url: string }[];
}

/** A message was delivered, or could not be. */
export interface Delivered {
  kind: 'delivered';
  /** What the body says of itself; null where it says nothing. */
  event_type: string | null;
  event_id: string | null;
  webhook_id: string;
  target: string;
  /** Whether it came out as it should: answered 2xx, or refused when it was spoiled by --fault. */
  ok: boolean;
  /** Counted from 1. */
  attempt: number;
  /** When it will be tried again; null when it will not. */
  retry_in_ms: number | null;
  /** What was wrong with the message on purpose. */
  fault: string | null;
  /** The Capture that was replayed. */
  capture: string | null;
  /** The status, or failure, of its latest delivery before this one; null when there was none. */
  was: string | null;
  /** Of the answer; null when no status line came. */
  status: number | null;
  /** Why no status line came, or the answer broke off. */
  failure: string | null;
  duration_ms: number;
  /** The handler's answer, cut; null when there was none. */
  response: string | null;
  /** What this outcome means, for one that is not plainly good. */
  detail: string | null;
  /** What to try. */
  fix: string | null;
  /** Possible causes of a refusal, likeliest first, each with a sentence that says the fix. */
  causes: Cause[];
}

/** A message that would be sent, with --dry-run or --print. */
export interface MessageShown {
  kind: 'message';
  event_type: string | null;
  event_id: string | null;
  method: string;
  url: string;
  headers: Headers;
  /** The body as text if it is UTF-8, else null, and then `body_base64` has it. */
  body: string | null;
  body_base64: string | null;
  /** A line for a shell that sends it; null unless asked for. */
  curl: string | null;
}

/** The listener judged a message. */
export interface MessageReceived {
  kind: 'received';
  event_type: string | null;
  event_id: string | null;
  organization_id: string | null;
  webhook_id: string | null;
  verified: boolean;
  /** Why it was refused: a code, and a sentence. */
  reason: string | null;
  detail: string | null;
  /** Seconds between its timestamp and now. */
  age_seconds: number | null;
  /** What the sender was answered. */
  status: number;
  /** Until it was answered. */
  duration_ms: number;
  /** Fields that are not as the API reference has them; looked for with --verbose only, else null. */
  schema_differences: SchemaDifference[] | null;
  /** How often a verified message with this webhook-id has come, this one included. */
  delivery_number: number;
  /** The id of the Capture; null when none was kept. */
  capture: string | null;
  method: string;
  path: string;
  headers: Headers;
  /** The body as text if it is UTF-8, else null, and then `body_base64` has it. */
  body: string | null;
  body_base64: string | null;
}

/** An interceptor was asked, or could not be. */
export interface Intercepted extends Omit<Delivered, 'kind' | 'event_type' | 'event_id' | 'capture' | 'was'> {
  kind: 'intercepted';
  trigger_point: string;
  /** Null where the answer says none. */
  decision: 'ALLOW' | 'DENY' | null;
  /** What the user is shown on DENY. */
  decision_message: string | null;
  /** What an ALLOW adds. */
  decision_response: Readonly<Record<string, unknown>> | null;
  /** Where the answer breaks the contract. */
  problems: readonly string[];
  /** What is allowed, and hardly meant. */
  remarks: readonly string[];
}

/** A message that the listener refused was explained. */
export interface Explained {
  kind: 'explained';
  webhook_id: string | null;
  capture: string | null;
  /** How many combinations of usual mistakes were tried. */
  combinations: number;
  /** Whether the signature fits once what the causes name is put right. */
  explained: boolean;
  /** What is wrong, all that is equally likely, each with its fix. */
  causes: Cause[];
  /** What is left when nothing fits. */
  unexplained: string | null;
}

/** What is wrong with a message: codes, a sentence, how it is known, and the fix. */
export interface Cause {
  readonly codes: readonly string[];
  readonly message: string;
  /** What shows it; null for what can only be seen, not proven. */
  readonly evidence: string | null;
  readonly fix: string;
}

/** A message was verified. */
export interface VerdictShown extends Omit<Explained, 'kind' | 'webhook_id' | 'capture'> {
  kind: 'verdict';
  event_type: string | null;
  event_id: string | null;
  webhook_id: string | null;
  capture: string | null;
  verified: boolean;
  /** Why it was refused: a code, and a sentence. */
  reason: string | null;
  detail: string | null;
  /** Seconds between its timestamp and the moment it was judged as of. */
  age_seconds: number | null;
  /** That moment. */
  at: string;
  /** The secret that signed it, masked; null when it is refused. */
  secret: string | null;
  secret_source: string;
  /** Where a known library judges otherwise, or may. */
  notes: { code: string; message: string }[];
  /** Fields of a known event type that are not as the reference has them. */
  schema_differences: SchemaDifference[];
  /** What is signed, part by part; null unless asked for. */
  signed_text: SignedTextShown | null;
}

/** A field that is not as the reference has it. */
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

/** A message that came in was handed on to the app, or could not be. */
export interface Forwarded extends Omit<Delivered, 'kind' | 'fault' | 'was'> {
  kind: 'forwarded';
}

/** A Capture in a list. */
export interface CaptureListed {
  kind: 'capture';
  capture: string;
  captured_at: string;
  /** `listen`, or `pull` when it came from Scalekit's event log. */
  source: 'listen' | 'pull';
  event_type: string | null;
  event_id: string | null;
  organization_id: string | null;
  webhook_id: string | null;
  verified: boolean;
  reason: string | null;
  detail: string | null;
  age_seconds: number | null;
  /** What the sender was answered; null when that was the app's answer, which is the first of its outcomes. */
  status: number | null;
  forward_to: string | null;
  method: string;
  path: string;
  /** What apps did with it, latest last; of a list, the latest only. */
  outcomes: KeptOutcome[];
}

/** What an app did with a Capture when it was handed on, or replayed. */
export interface KeptOutcome {
  time: string;
  via: 'forward' | 'replay';
  /** Who replayed it; null for the listener that forwarded it. */
  follower: string | null;
  url: string;
  status: number | null;
  failure: string | null;
  duration_ms: number;
}

/** A Capture that was asked for. */
export interface CaptureWhole extends Omit<CaptureListed, 'kind'> {
  kind: 'capture_whole';
  headers: Headers;
  /** The body as text if it is UTF-8, else null, and then `body_base64` has it. */
  body: string | null;
  body_base64: string | null;
}

/** A Capture became an event file. */
export interface FixtureSaved {
  kind: 'saved';
  capture: string;
  event_type: string | null;
  path: string;
  /** How many values --scrub replaced. */
  scrubbed: number;
}

/** Captures were cleared, or would be. */
export interface CapturesCleared {
  kind: 'cleared';
  folder: string;
  captures: number;
  bytes: number;
  /** False when it was only said what would be. */
  done: boolean;
}

/** One type of the catalogue. */
export interface EventTypeListed {
  kind: 'event_type';
  event_type: string;
  category: string;
  /** Where it is documented. */
  source: string;
  /** The event, when one type is shown. */
  sample: unknown;
}

/** A check that would be run. */
export interface CheckListed {
  kind: 'check_listed';
  name: string;
  group: string;
  part: string;
  sends: string;
  expects: string;
  why: string;
  fix: string;
}

/** A check was run, or could not be. */
export interface Checked extends Omit<CheckListed, 'kind'> {
  kind: 'check';
  status: 'pass' | 'fail' | 'warn' | 'skip';
  /** Whether it counts as a failure of the run; with --strict, a warning does. */
  failed: boolean;
  /** What kind of failure, warning or skip it is; null for a pass. */
  code: string | null;
  /** What came back. */
  got: string;
  /** What the failure means of the handler, as the end of "it …". */
  meaning: string;
  duration_ms: number;
  /** What shows it, the telling one first; empty for a pass. */
  exchanges: CheckExchange[];
  /** A command that repeats this check alone; null for a pass. */
  rerun: string | null;
}

/** A message that a check sent, and the answer. */
export interface CheckExchange {
  readonly method: string;
  readonly headers: Headers;
  /** The body as text if it is UTF-8, cut; else null, and then `body_base64` has it. */
  readonly body: string | null;
  readonly body_base64: string | null;
  readonly status: number | null;
  readonly failure: string | null;
  readonly duration_ms: number;
  readonly response: string | null;
}

/** What the pattern of results says of a handler. */
export interface Diagnosed {
  kind: 'diagnosis';
  code: string;
  /** Whether what was sent and answered leaves no other reading. */
  certain: boolean;
  message: string;
  evidence: string[];
  /** The checks that failed for it. */
  checks: string[];
  fix: string;
  /** How that is done in a framework, where it differs. */
  hints: { framework: string; fix: string }[];
}

/** The secret in use, whole. */
export interface SecretShown {
  kind: 'secret';
  secret: string;
  source: string;
}

/** How it all came out. */
export interface Summary {
  kind: 'summary';
  command: 'send' | 'listen' | 'replay' | 'check' | 'demo';
  ok: boolean;
  /** Messages that were sent, or came in. */
  total: number;
  /** Messages that were to be sent and were not, since it was stopped. */
  unsent: number;
  /** Answered 2xx, or verified. */
  accepted: number;
  /** Answered otherwise, or not verified. */
  rejected: number;
  /** No status line came. */
  no_response: number;
  /** Counts by status, as text. */
  statuses: Record<string, number>;
  duration_ms: number;
  /** How long half of the deliveries took at most, 95 and 99 of a hundred; null for a listener. */
  p50_ms: number | null;
  p95_ms: number | null;
  p99_ms: number | null;
  /** What was awaited with --expect and what came. */
  expected: { pattern: string; count: string; received: number; ok: boolean }[];
  /** How many checks came out how; null for other commands. */
  checks: { passed: number; failed: number; warned: number; skipped: number } | null;
}

/** The request was wrong, or scalekit-hooks is. */
export interface Failed {
  kind: 'error';
  code: string;
  message: string;
  detail: string;
  fix: string;
}
