import type { Exchange, Workbench } from './workbench.ts';

/** What a check is about, in the order in which they are run and told. */
export type Group = 'accepts' | 'rejects' | 'behaves' | 'interceptor';

/** One row of the battery. All its words stand here; what it sends and how that is judged is `run`. */
export interface Check {
  /** Stable, and unlike that of any other check: for --only, reports and programs. */
  readonly name: string;
  readonly group: Group;
  /** A finer group: what checks have in common that are told in one line. */
  readonly part: string;
  /** What is sent, as the end of "sends …". */
  readonly sends: string;
  /** What must come back. */
  readonly expects: string;
  /** What it means of a handler when this fails, as the end of "it …". */
  readonly meaning: string;
  /** Why that matters. */
  readonly why: string;
  /** How to mend it. */
  readonly fix: string;
  /** Further names by which it is selected. */
  readonly aliases?: readonly string[];
  /** Whether it asks an interceptor what must not be allowed. */
  readonly isForged?: boolean;
  /** Whether it sends several messages at the same time. */
  readonly sendsSeveral?: boolean;
  /** Whether nothing else may be on its way meanwhile. */
  readonly isAlone?: boolean;
  /** Why it needs a real connection; it is skipped where there is none. */
  readonly needsSocket?: string;
  run(bench: Workbench): Promise<Finding>;
}

export type Status = 'pass' | 'fail' | 'warn' | 'skip';

/** What a check found. */
export interface Finding {
  readonly status: Status;
  /** What kind of failure, warning or skip it is; null for a pass. */
  readonly code: FindingCode | null;
  /** What came back, in a few words. */
  readonly found: string;
  /** What shows it, the telling one first. */
  readonly exchanges: readonly Exchange[];
}

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
  | 'undocumented-status'
  | 'contract-broken'
  | 'contract-warning'
  | 'allowed'
  | 'inconclusive'
  | 'not-applicable'
  | 'no-socket'
  | 'run-ended';

export interface CheckResult extends Finding {
  readonly check: Check;
  /** How long it took. */
  readonly milliseconds: number;
}

export function pass(found: string, exchanges: readonly Exchange[] = []): Finding {
  return { status: 'pass', code: null, found, exchanges };
}

export function fail(code: FindingCode, found: string, exchanges: readonly Exchange[]): Finding {
  return { status: 'fail', code, found, exchanges };
}

export function warn(code: FindingCode, found: string, exchanges: readonly Exchange[]): Finding {
  return { status: 'warn', code, found, exchanges };
}

export function skip(code: FindingCode, found: string, exchanges: readonly Exchange[] = []): Finding {
  return { status: 'skip', code, found, exchanges };
}
