/**
 * The messages between the view for checks and the server; see protocol.ts.
 *
 *   GET  /api/checks                    CheckList
 *   GET  /api/check-history?target=NAME CheckHistory
 *   POST /api/check                     CheckRunRequest, answered with a stream of CheckMessage, one JSON object per line
 *   POST /api/stop-check                an empty object; ends the run that is in progress, whose stream then ends
 *
 * One run is in progress at a time. It also ends if the page that began it goes away.
 */

/** The checks that can be run. */
export interface CheckList {
  readonly checks: readonly ListedCheck[];
  /** Whether something observes the state of the app; without it, there are no checks of effects. */
  readonly isObserved: boolean;
}

export interface ListedCheck {
  readonly name: string;
  /** Such as `accepts`. */
  readonly group: string;
  /** Such as `signatures`: several checks of one group. */
  readonly part: string;
  /** Completes "sends …". */
  readonly sends: string;
  readonly expects: string;
}

export interface CheckRunRequest {
  /** One of the session's targets. */
  readonly target: string;
  /** Names of checks. The plain message is always sent first. */
  readonly checks: readonly string[];
  /** For the check `fuzz`: how many events, and of which seed; null for a new one. */
  readonly fuzz: { readonly events: number; readonly seed: number | null };
}

export type CheckMessage =
  /** First. */
  | { readonly kind: 'begun'; readonly time: number; readonly checks: readonly string[] }
  | { readonly kind: 'running'; readonly name: string }
  /** A result; one that is repeated comes again, and the last one counts. `messages` counts all that were sent. */
  | {
      readonly kind: 'result';
      readonly name: string;
      readonly result: CheckResultShown;
      readonly messages: number;
    }
  /** The handler limits the request rate, so the run waits. */
  | { readonly kind: 'limited'; readonly waitMs: number }
  /** Last. */
  | { readonly kind: 'ended'; readonly history: CheckHistory };

export type CheckStatus = 'pass' | 'fail' | 'warn' | 'skip';

export interface CheckResultShown {
  readonly status: CheckStatus;
  /** The responses, in a few words. */
  readonly got: string;
}

/** What is known about one target since the inspector was started. */
export interface CheckHistory {
  /** The last run; null if there was none. */
  readonly last: CheckRun | null;
  /** The latest result of each check that was ever run and not skipped, by name. */
  readonly known: Readonly<Record<string, CheckStatus>>;
}

export interface CheckRun {
  /** When it began, in ms since 1970. */
  readonly time: number;
  readonly durationMs: number;
  /** How many messages were sent. */
  readonly messages: number;
  /** Why it ended early; null if it is complete. */
  readonly ended: string | null;
  readonly checks: readonly CheckShown[];
  readonly diagnoses: readonly DiagnosisShown[];
  readonly counterexamples: readonly CounterexampleShown[];
  /** Failures that no diagnosis explains. */
  readonly unexplained: readonly string[];
  /** Whether the checks are enough to say what they do not test. */
  readonly isWhole: boolean;
  /** Compared with what was known before; null for the first run. */
  readonly changes: CheckChanges | null;
}

export interface CheckChanges {
  /** When the previous run began, in ms since 1970. */
  readonly since: number;
  /** Checks that failed before and no longer do. */
  readonly fixed: readonly string[];
  /** Checks that did not fail before. */
  readonly broken: readonly string[];
}

export interface CheckShown extends ListedCheck, CheckResultShown {
  /** What a failure shows; completes "the handler …". */
  readonly meaning: string;
  readonly why: string;
  readonly fix: string;
  /** The evidence, most important first; empty for a pass. Texts are cut. */
  readonly exchanges: readonly ExchangeShown[];
  /** The command that repeats the check; null for a pass. */
  readonly rerun: string | null;
}

export interface ExchangeShown {
  /** What the message is, if it is not the one that the check is about; null if it is. */
  readonly role: string | null;
  readonly method: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | null;
  /** The body if it is not UTF-8; else null. */
  readonly bodyBase64: string | null;
  readonly status: number | null;
  readonly failure: string | null;
  readonly durationMs: number;
  readonly response: string | null;
}

export interface DiagnosisShown {
  readonly certain: boolean;
  readonly message: string;
  readonly evidence: readonly string[];
  readonly fix: string;
  /** The framework of the handler, detected from its responses; null if it is unknown. */
  readonly framework: string | null;
  readonly hints: readonly { readonly framework: string; readonly fix: string }[];
  /** The failed checks that it explains, by name. */
  readonly failed: readonly string[];
}

/** The smallest generated event that the handler fails on in one way. */
export interface CounterexampleShown {
  readonly type: string;
  readonly got: string;
  /** Where the event differs from the sample of its type. */
  readonly differences: readonly string[];
  /** How many of the generated events failed in this way. */
  readonly events: number;
  /** Whether it could not be made smaller. */
  readonly isSmallest: boolean;
  /** Compact JSON. */
  readonly event: string;
  readonly response: string | null;
}
