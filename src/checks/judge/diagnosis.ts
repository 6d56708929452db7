import type { Check } from '../check.ts';
import type { ProbeCode, SilentCode } from '../probes/probe.ts';

/** What is wrong with a handler as a whole, read from the pattern of results. */
export interface Diagnosis {
  /** A code of DiagnosisCode, or the name of `check`. */
  readonly code: string;
  /** The check whose own words say it. */
  readonly check?: Check;
  /** Whether what was sent and answered leaves no other reading. */
  readonly isCertain: boolean;
  /** What shows it. */
  readonly evidence: readonly string[];
  /** The checks that failed for it. */
  readonly checks: readonly string[];
  /** What completes the sentence: a place, a writer, what was taken. */
  readonly detail?: string;
}

/** What is wrong, as far as it has a name of its own; the words are in report/diagnosis-words.ts. */
export type DiagnosisCode =
  | Exclude<ProbeCode, SilentCode>
  | 'accepts-everything'
  | 'page-answers'
  | 'rejects-with-2xx'
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
  | 'proxy'
  | 'no-such-method'
  | 'headers-lost'
  | 'route-guard'
  | 'handler-error'
  | 'breaks-contract'
  | 'allows-everything'
  | 'denies-everything';
