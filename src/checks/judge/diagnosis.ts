import type { Check } from '../check.ts';
import type { ProbeCode, SilentCode } from '../probes/probe.ts';

/** What is wrong with a handler as a whole, read from the pattern of results. */
export interface Diagnosis {
  /** A code of DiagnosisCode, or the name of `check`. */
  readonly code: string;
  /** The check whose own words say it. */
  readonly check?: Check;
  /** Whether what was sent and answered leaves no other reading. */
  readonly isSure: boolean;
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
  | 'refuses-with-2xx'
  | 'refuses-with-3xx'
  | 'refuses-with-5xx'
  | 'signature-not-checked'
  | 'unsigned-taken'
  | 'no-clock-check'
  | 'no-age-check'
  | 'no-future-check'
  | 'body-not-covered'
  | 'loose-comparison'
  | 'empty-key-taken'
  | 'text-key-taken'
  | 'first-signature-only'
  | 'one-signature-only'
  | 'needs-optional'
  | 'wants-order'
  | 'refuses-types'
  | 'wide-tolerance'
  | 'not-at-once'
  | 'unproven'
  | 'crashes'
  | 'locks-out'
  | 'breaks-afterwards'
  | 'no-answer-to-some'
  | 'not-there'
  | 'not-post'
  | 'redirects'
  | 'too-large'
  | 'not-json-type'
  | 'rate-limit'
  | 'proxy'
  | 'no-such-method'
  | 'headers-lost'
  | 'route-guard'
  | 'fails-itself'
  | 'breaks-contract'
  | 'allows-everything'
  | 'denies-everything';
