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
  fact: 'ready';
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
  fact: 'delivered';
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
  answer: string | null;
  /** What this outcome means, for one that is not plainly good. */
  meaning: string | null;
  /** What to try. */
  try: string | null;
  /** Possible causes of a refusal, likeliest first, each with a sentence that says the fix. */
  causes: { cause: string; why: string }[];
}

/** A message that would be sent, with --dry-run or --print. */
export interface MessageShown {
  fact: 'message';
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
  fact: 'received';
  event_type: string | null;
  event_id: string | null;
  organization_id: string | null;
  webhook_id: string | null;
  verified: boolean;
  /** Why it was refused: a code, and a sentence. */
  reason: string | null;
  why: string | null;
  /** Seconds between its timestamp and now. */
  age: number | null;
  /** What the sender was answered. */
  status: number;
  /** Until it was answered. */
  duration_ms: number;
  /** Fields that are not as the API reference has them; looked for with --verbose only, else null. */
  drift: DriftFound[] | null;
  /** How often a verified message with this webhook-id has come, this one included. */
  delivery: number;
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
export interface Intercepted extends Omit<Delivered, 'fact' | 'event_type' | 'event_id' | 'capture' | 'was'> {
  fact: 'intercepted';
  trigger_point: string;
  /** Null where the answer says none. */
  decision: 'ALLOW' | 'DENY' | null;
  /** What the user is shown on DENY. */
  decision_message: string | null;
  /** What an ALLOW adds. */
  response: Readonly<Record<string, unknown>> | null;
  /** Where the answer breaks the contract. */
  problems: readonly string[];
  /** What is allowed, and hardly meant. */
  remarks: readonly string[];
}

/** A message that the listener refused was explained. */
export interface Explained {
  fact: 'explained';
  webhook_id: string | null;
  capture: string | null;
  /** How many combinations of usual mistakes were tried. */
  tried: number;
  /** Whether the signature fits once what the causes name is put right. */
  fits: boolean;
  /** What is wrong, all that is equally likely, each with its fix. */
  causes: CauseFound[];
  /** What is left when nothing fits. */
  left: string | null;
}

/** What is wrong with a message: codes, a sentence, how it is known, and the fix. */
export interface CauseFound {
  readonly codes: readonly string[];
  readonly what: string;
  /** What shows it; null for what can only be seen, not proven. */
  readonly evidence: string | null;
  readonly fix: string;
}

/** A message was verified. */
export interface VerdictShown extends Omit<Explained, 'fact' | 'webhook_id' | 'capture'> {
  fact: 'verdict';
  event_type: string | null;
  event_id: string | null;
  webhook_id: string | null;
  capture: string | null;
  verified: boolean;
  /** Why it was refused: a code, and a sentence. */
  reason: string | null;
  why: string | null;
  /** Seconds between its timestamp and the moment it was judged as of. */
  age: number | null;
  /** That moment. */
  at: string;
  /** The secret that signed it, masked; null when it is refused. */
  secret: string | null;
  secret_source: string;
  /** Where a known library judges otherwise, or may. */
  notes: { code: string; why: string }[];
  /** Fields of a known event type that are not as the reference has them. */
  drift: DriftFound[];
  /** What is signed, part by part; null unless asked for. */
  signed_text: SignedTextShown | null;
}

/** A field that is not as the reference has it. */
export interface DriftFound {
  readonly field: string;
  readonly reason: string;
}

export type SignedTextShown = {
  part: 'id' | 'timestamp' | 'body' | 'all';
  text: string | null;
  bytes: number;
  sha256: string;
}[];

/** A message that came in was handed on to the app, or could not be. */
export interface Forwarded extends Omit<Delivered, 'fact' | 'fault' | 'was'> {
  fact: 'forwarded';
}

/** A Capture in a list. */
export interface CaptureListed {
  fact: 'capture';
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
  why: string | null;
  age: number | null;
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
export interface CaptureWhole extends Omit<CaptureListed, 'fact'> {
  fact: 'capture_whole';
  headers: Headers;
  /** The body as text if it is UTF-8, else null, and then `body_base64` has it. */
  body: string | null;
  body_base64: string | null;
}

/** A Capture became an event file. */
export interface FixtureSaved {
  fact: 'saved';
  capture: string;
  event_type: string | null;
  path: string;
  /** How many values --scrub replaced. */
  scrubbed: number;
}

/** Captures were cleared, or would be. */
export interface CapturesCleared {
  fact: 'cleared';
  folder: string;
  captures: number;
  bytes: number;
  /** False when it was only said what would be. */
  done: boolean;
}

/** One type of the catalogue. */
export interface EventTypeListed {
  fact: 'event_type';
  event_type: string;
  category: string;
  /** Where it is documented. */
  source: string;
  /** The event, when one type is shown. */
  sample: unknown;
}

/** A check that would be run. */
export interface CheckListed {
  fact: 'check_listed';
  name: string;
  group: string;
  part: string;
  sends: string;
  expects: string;
  why: string;
  mend: string;
}

/** A check was run, or could not be. */
export interface Checked extends Omit<CheckListed, 'fact'> {
  fact: 'check';
  status: 'pass' | 'fail' | 'warn' | 'skip';
  /** Whether it counts as a failure of the run; with --strict, a warning does. */
  failed: boolean;
  /** What kind of failure, warning or skip it is; null for a pass. */
  code: string | null;
  /** What came back. */
  found: string;
  /** What the failure means of the handler, as the end of "it …". */
  meaning: string;
  duration_ms: number;
  /** What shows it, the telling one first; empty for a pass. */
  deliveries: CheckDelivery[];
  /** A command that repeats this check alone; null for a pass. */
  again: string | null;
}

/** A message that a check sent, and the answer. */
export interface CheckDelivery {
  readonly method: string;
  readonly headers: Headers;
  /** The body as text if it is UTF-8, cut; else null, and then `body_base64` has it. */
  readonly body: string | null;
  readonly body_base64: string | null;
  readonly status: number | null;
  readonly failure: string | null;
  readonly duration_ms: number;
  readonly answer: string | null;
}

/** What the pattern of results says of a handler. */
export interface Diagnosed {
  fact: 'diagnosis';
  code: string;
  /** Whether what was sent and answered leaves no other reading. */
  sure: boolean;
  says: string;
  evidence: string[];
  /** The checks that failed for it. */
  checks: string[];
  fix: string;
  /** How that is done in a framework, where it differs. */
  hints: { framework: string; hint: string }[];
}

/** The secret in use, whole. */
export interface SecretShown {
  fact: 'secret';
  secret: string;
  source: string;
}

/** How it all came out. */
export interface Summary {
  fact: 'summary';
  command: 'send' | 'listen' | 'replay' | 'check' | 'demo';
  ok: boolean;
  /** Messages that were sent, or came in. */
  total: number;
  /** Messages that were to be sent and were not, since it was stopped. */
  unsent: number;
  /** Answered 2xx, or verified. */
  accepted: number;
  /** Answered otherwise, or not verified. */
  refused: number;
  /** No status line came. */
  unreached: number;
  /** Counts by status, as text. */
  statuses: Record<string, number>;
  duration_ms: number;
  /** How long half of the deliveries took at most, 95 and 99 of a hundred; null for a listener. */
  p50_ms: number | null;
  p95_ms: number | null;
  p99_ms: number | null;
  /** What was awaited with --expect and what came. */
  expected: { pattern: string; wanted: string; came: number; ok: boolean }[];
  /** How many checks came out how; null for other commands. */
  checks: { passed: number; failed: number; warned: number; skipped: number } | null;
}

/** The request was wrong, or scalekit-hooks is. */
export interface Failed {
  fact: 'error';
  code: string;
  what: string;
  why: string;
  try: string;
}
