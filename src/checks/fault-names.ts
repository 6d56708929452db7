/** Every fault by its name: known to the command line before what they do is loaded. */
export const faultNames = [
  'no-headers',
  'no-id',
  'no-timestamp',
  'no-signature',
  'wrong-secret',
  'tampered-body',
  'tampered-id',
  'tampered-timestamp',
  'stale',
  'future',
  'malformed-timestamp',
  'unknown-version',
  'empty-signature',
  'truncated-signature',
  'lower-case-signature',
  'hex-signature',
  'empty-key',
  'secret-as-text',
  'body-only',
] as const;

export type FaultName = (typeof faultNames)[number];
