/** Every fault name, separate so that the CLI can list them without loading the faults. */
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
