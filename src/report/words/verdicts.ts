import { type Rejected, type RejectionReason, TOLERANCE_SECONDS } from '../../signature/verdict.ts';

/**
 * Why a message was rejected, for the developer of the sender or of the setup. An unknown reason, from a capture that
 * another version wrote, is returned unchanged.
 */
export function explainRejection(rejected: Rejected): string {
  const { reason } = rejected;
  return Object.hasOwn(reasons, reason) ? reasons[reason](rejected) : reason;
}

/** A timestamp at least this many seconds ahead is in milliseconds. */
const MILLISECOND_LEAD_SECONDS = 1e11;

const reasons: Record<RejectionReason, (rejected: Rejected) => string> = {
  missing_header: ({ headers = [] }) =>
    headers.length === 3
      ? 'the message is not signed: it has no webhook-* headers'
      : `the message has no ${headers.join(' and no ')} header`,
  repeated_header: ({ headers = [] }) => `${headers.join(' and ')} arrived more than once`,
  malformed_timestamp: () => 'webhook-timestamp is not a whole number of seconds',
  malformed_signature: () =>
    'webhook-signature contains no v1 signature (v1, followed by 44 characters of base64)',
  unknown_signature_version: () => 'webhook-signature contains only versions other than v1',
  signature_mismatch: () =>
    'the body, id or timestamp changed after signing, or the message was signed with a different secret',
  too_old: ({ age = 0 }) =>
    `the signature matches but is ${duration(age)} old; the limit is ${duration(TOLERANCE_SECONDS)}`,
  too_new: ({ age = 0 }) =>
    age < -MILLISECOND_LEAD_SECONDS
      ? 'the signature matches, but webhook-timestamp is in milliseconds; it must be in whole seconds'
      : `the signature matches, but its timestamp is ${duration(-age)} in the future: one of the two clocks is wrong`,
};

/** What to do about a signature that nothing explains. */
export function fixUnexplained({ showsSignedText }: { readonly showsSignedText: boolean }): string {
  const how = showsSignedText ? '' : ': verify --show-signed-text';
  return `compare the secret with that of the endpoint in the Scalekit dashboard. If they are the same, compare the signed text with the sender's${how}`;
}

/** Formats seconds in the two largest units: `5 min`, `2 h 3 min`, `12 d 4 h`. */
export function duration(seconds: number): string {
  const units: [name: string, size: number][] = [
    [seconds < 2 * 86_400 ? 'day' : 'days', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ];
  const first = units.findIndex(([, size]) => seconds >= size);
  if (first === -1) return '0 s';
  const parts: string[] = [];
  let rest = seconds;
  for (const [name, size] of units.slice(first, first + 2)) {
    if (rest >= size) parts.push(`${Math.floor(rest / size)} ${name}`);
    rest %= size;
  }
  return parts.join(' ');
}
