import type { Responder } from '../../delivery/answers/telltales.ts';
import type { CheckResult } from '../check.ts';
import type { ProbeCode, SilentCode } from '../probes/probe.ts';

/** A fault of the handler, derived from the pattern of results. */
export interface Diagnosis {
  /** A code of DiagnosisCode, the kind of `responder`, or the name of the check of `result`. */
  readonly code: string;
  /** The result that supplies the wording, if the fault has no dedicated code. */
  readonly result?: CheckResult;
  /** Who answered in place of the handler; supplies the wording. */
  readonly responder?: Responder;
  /** Whether the results allow no other explanation. */
  readonly isCertain: boolean;
  /** Observations that support it. */
  readonly evidence: readonly string[];
  /** Names of the checks that fail because of it. */
  readonly checks: readonly string[];
  /** Fills in the message: a redirect target, an accepted probe, names of checks. */
  readonly detail?: string;
}

/** Faults with a dedicated code; the wording is in report/words/diagnoses.ts. */
export type DiagnosisCode =
  | Exclude<ProbeCode, SilentCode>
  | 'accepts-everything'
  | 'page-answers'
  | 'rejects-with-2xx'
  | 'decides'
  | 'rejects-with-3xx'
  | 'rejects-with-5xx'
  | 'signature-not-checked'
  | 'unsigned-accepted'
  | 'no-clock-check'
  | 'no-age-check'
  | 'no-future-check'
  | 'body-not-covered'
  | 'loose-comparison'
  | 'empty-key-accepted'
  | 'text-key-accepted'
  | 'first-signature-only'
  | 'one-signature-only'
  | 'needs-optional'
  | 'depends-on-order'
  | 'acts-on-repeats'
  | 'rejects-types'
  | 'wide-tolerance'
  | 'not-at-once'
  | 'inconclusive'
  | 'crashes'
  | 'blocks-after-forgery'
  | 'breaks-afterwards'
  | 'no-answer-to-some'
  | 'not-found'
  | 'method-not-allowed'
  | 'redirects'
  | 'too-large'
  | 'not-json-type'
  | 'rate-limit'
  | 'unavailable'
  | 'clock-drift'
  | 'narrow-tolerance'
  | 'dependency-fails'
  | 'stale-time'
  | 'rejects-verified'
  | 'skips-types'
  | 'partial-body'
  | 'splits-characters'
  | 'rejects-content'
  | 'secret-invalid'
  | 'one-connection'
  | 'no-such-method'
  | 'headers-lost'
  | 'route-guard'
  | 'handler-error'
  | 'body-already-read'
  | 'validates-first'
  | 'unknown-object'
  | 'requires-header'
  | 'hangs-when-valid'
  | 'redirects-verified'
  | 'breaks-contract'
  | 'allows-everything'
  | 'denies-everything';
