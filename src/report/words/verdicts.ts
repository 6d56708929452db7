import { type Rejected, type RejectionReason, TOLERANCE_SECONDS } from '../../signature/verdict.ts';

/**
 * Why a message was refused, in a sentence for the developer of the sender or of the setup. A reason that a capture of
 * somebody else's brings is told as it stands.
 */
export function explainRejection(refused: Rejected): string {
  const { reason } = refused;
  return Object.hasOwn(reasons, reason) ? reasons[reason](refused) : reason;
}

/** A timestamp that is so many seconds ahead is one in milliseconds. */
const MILLISECONDS = 1e11;

const reasons: Record<RejectionReason, (refused: Rejected) => string> = {
  missing_header: ({ headers = [] }) =>
    headers.length === 3 ? 'it is not signed: no webhook-* headers' : `no ${headers.join(' and no ')} header`,
  repeated_header: ({ headers = [] }) => `${headers.join(' and ')} came more than once`,
  malformed_timestamp: () => 'webhook-timestamp is not a whole number of seconds',
  malformed_signature: () => 'webhook-signature holds no v1 signature (v1, and 44 characters of base64)',
  unknown_signature_version: () => 'webhook-signature holds only versions other than v1',
  signature_mismatch: () =>
    'the body, id or timestamp was changed after signing, or it was signed with another secret',
  too_old: ({ age = 0 }) =>
    `rightly signed, but ${duration(age)} old: more than ${duration(TOLERANCE_SECONDS)} (a replay needs a new signature), or this clock is ahead`,
  too_new: ({ age = 0 }) =>
    age < -MILLISECONDS
      ? 'rightly signed, but webhook-timestamp is in milliseconds: it must be whole seconds'
      : `rightly signed, but ${duration(-age)} ahead: the clock there or here is wrong`,
};

/** Seconds in words, in the two largest units: `5 min`, `2 h 3 min`, `12 d 4 h`. */
export function duration(seconds: number): string {
  const units: [name: string, size: number][] = [
    ['d', 86_400],
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
