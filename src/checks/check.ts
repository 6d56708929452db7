import type { Counterexample } from './fuzz/counterexample.ts';
import type { Exchange, Workbench } from './workbench.ts';

/** Topics of checks, in the order of runs and reports. */
export type Group = 'accepts' | 'rejects' | 'behaves' | 'effects' | 'fuzz' | 'interceptor';

/** One row of the battery: all its wording, and `run`, which sends messages and judges the responses. */
export interface Check {
  /** Stable and unique: used by --only, reports and programs. */
  readonly name: string;
  readonly group: Group;
  /** A finer group; reports count its checks in one line. */
  readonly part: string;
  /** What the check sends; completes "sends …". */
  readonly sends: string;
  /** The response that passes. */
  readonly expects: string;
  /** What a failure means for the handler; completes "it …". */
  readonly meaning: string;
  /** Why that matters. */
  readonly why: string;
  readonly fix: string;
  /** Additional names for --only and --skip. */
  readonly aliases?: readonly string[];
  /** Whether it sends an interceptor a request that must not be allowed. */
  readonly isForged?: boolean;
  /** Whether it sends several messages at the same time. */
  readonly sendsSeveral?: boolean;
  /** Whether no other check may run at the same time. */
  readonly isAlone?: boolean;
  /** Why it needs a network connection; it is skipped without one. */
  readonly needsSocket?: string;
  /** Reads what it sends, if that is in files; called before anything is sent. Throws HooksError. */
  prepare?(): Promise<unknown>;
  run(bench: Workbench): Promise<Finding>;
}

/** `warn`: legal, but worth a change; `skip`: the check could not be made. */
export type Status = 'pass' | 'fail' | 'warn' | 'skip';

/** The result of a check. */
export interface Finding {
  readonly status: Status;
  /** The kind of failure, warning or skip; null for a pass. */
  readonly code: FindingCode | null;
  /** A short summary of the responses. */
  readonly found: string;
  /** The exchanges that the finding is based on, the most relevant first. */
  readonly exchanges: readonly Exchange[];
  /** The smallest events that fail, if events were generated. */
  readonly counterexamples?: readonly Counterexample[];
}

/** Why a check did not pass, for its sentence and for the diagnoses. */
export type FindingCode =
  | 'not-accepted'
  | 'accepted'
  | 'rejected-with-3xx'
  | 'rejected-with-5xx'
  | 'answered-2xx'
  | 'answered-5xx'
  | 'redirected'
  | 'rate-limited'
  | 'not-subscribed'
  | 'no-answer'
  | 'not-connected'
  | 'not-at-once'
  | 'leaked'
  | 'slow'
  | 'slow-start'
  | 'one-connection'
  | 'crashed'
  | 'acted-again'
  | 'acted-on-forgery'
  | 'lost'
  | 'partial-body'
  | 'undocumented-status'
  | 'contract-broken'
  | 'contract-warning'
  | 'allowed'
  | 'inconclusive'
  | 'not-applicable'
  | 'no-socket'
  | 'run-ended';

/** A finding, with its check and how long the check took. */
export interface CheckResult extends Finding {
  readonly check: Check;
  readonly milliseconds: number;
}

/** The handler did what is expected; `found` says what it did. */
export function pass(found: string, exchanges: readonly Exchange[] = []): Finding {
  return { status: 'pass', code: null, found, exchanges };
}

/** The handler did something else. */
export function fail(code: FindingCode, found: string, exchanges: readonly Exchange[]): Finding {
  return { status: 'fail', code, found, exchanges };
}

/** The handler did something else, which may be right. */
export function warn(code: FindingCode, found: string, exchanges: readonly Exchange[]): Finding {
  return { status: 'warn', code, found, exchanges };
}

/** The handler cannot be judged; `found` says why. */
export function skip(code: FindingCode, found: string, exchanges: readonly Exchange[] = []): Finding {
  return { status: 'skip', code, found, exchanges };
}
