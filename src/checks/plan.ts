import type { Message } from '../message.ts';
import type { Check, CheckResult } from './check.ts';
import type { Probe, SearchStage } from './probes/probe.ts';
import type { LimitOptions } from './rate-limit.ts';
import type { Exchange, Workbench } from './workbench.ts';

/** The probes of a run. */
export interface PlannedProbes {
  /** Messages that must be rejected, to compare the response to a rejected plain message with. */
  readonly controls: readonly Probe[];
  /** Probes to send if the handler rejects the plain message, until one of them proves the cause. */
  readonly searches: readonly SearchStage[];
  /** Probes that confirm the cause of failed checks. */
  readonly confirm: (results: readonly CheckResult[]) => readonly Probe[];
}

/** The plan of a run against one handler. */
export interface CheckPlan extends LimitOptions {
  readonly checks: readonly Check[];
  /** The check of the plain message, which runs first and which all others build on. */
  readonly first: Check;
  /** Builds another plain message. */
  plain(bench: Workbench): Message;
  /** What builds the probes is loaded only for a handler that fails. */
  readonly loadProbes: () => Promise<PlannedProbes>;
  /** Whether the handler accepted the message as valid. */
  readonly isAccepted: (exchange: Exchange) => boolean;
  /** How long the app may take to become ready, in ms; undefined if it was not started for this run. */
  readonly patienceMs?: number;
  /** End the run at the first failure. */
  readonly bail: boolean;
  /** The URL of the handler. */
  readonly url: URL;
  /** Called when a check begins to run. */
  readonly onStart?: (check: Check) => void;
  /** Called with each result as it arrives. One that is repeated, because of a rate limit, arrives again. */
  readonly onResult?: (result: CheckResult) => void;
}
