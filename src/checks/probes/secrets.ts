import type { ChangeCode } from '../../signature/explain/reading.ts';
import { keyReadings } from '../../signature/explain/secrets.ts';
import type { Secret } from '../../signature/secret.ts';
import { signMessage } from '../../signature/sign.ts';
import type { ProbeCode, ProbeRow } from './probe.ts';

/** A secret found in the configuration besides the one in use. */
export interface OtherSecret {
  readonly secret: Secret;
  readonly source: string;
}

/** Messages signed with other secrets, and with misread forms of the secret in use. */
export function secretProbes(secret: Secret, others: readonly OtherSecret[]): ProbeRow[] {
  const misread = keyReadings(secret).flatMap(({ value: key, changes }): ProbeRow[] => {
    const [change] = changes;
    const misreading = change && misreadings[change.code];
    if (!misreading) return [];
    const [code, known] = misreading;
    const removed = change.details?.removed;
    const what = removed === undefined ? known : `${known}: ${removed} were removed`;
    return [[code, what, ({ content, headers }) => signMessage(content, [{ text: '', key }], headers)]];
  });
  const foreign = others.map(
    (other): ProbeRow => [
      'other-secret',
      `signed with the secret from ${other.source}`,
      ({ content, headers }) => signMessage(content, [other.secret], headers),
    ],
  );
  return [...foreign, ...misread];
}

/** Probe code and description for each misread form. */
const misreadings: Partial<Record<ChangeCode, readonly [code: ProbeCode, what: string]>> = {
  secret_as_text: ['secret-as-text', 'signed with the text after whsec_ as the key'],
  secret_with_prefix: ['secret-as-text', 'signed with the whole secret, including whsec_, as the key'],
  secret_prefix_decoded: [
    'secret-as-text',
    'signed with the whole secret decoded as base64, including whsec_',
  ],
  secret_decoded_to_text: ['secret-as-text', 'signed with the decoded bytes converted back to text'],
  secret_quoted: ['secret-misread', 'signed with quotation marks as part of the secret'],
  secret_with_whitespace: ['secret-misread', 'signed with a space or newline as part of the secret'],
  secret_base64url: ['secret-misread', 'signed with the secret decoded with the other base64 alphabet'],
  secret_decoding_failed: [
    'secret-misread',
    'signed with the secret decoded only up to the first character that a decoder may not know',
  ],
  secret_cut: ['secret-misread', 'signed with the secret after its prefix was cut off wrongly'],
  secret_hex: ['secret-misread', 'signed with the secret decoded as hex'],
  secret_empty_key: ['empty-secret', 'signed with an empty key'],
  secret_not_set: ['empty-secret', 'signed with the text of an unset variable, such as "undefined"'],
};
