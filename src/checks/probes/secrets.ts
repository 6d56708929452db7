import type { ChangeCode } from '../../signature/explain/reading.ts';
import { keyReadings } from '../../signature/explain/secrets.ts';
import type { Secret } from '../../signature/secret.ts';
import { signMessage } from '../../signature/sign.ts';
import type { ProbeCode, ProbeRow } from './probe.ts';

/** A secret that scalekit-hooks knows of beside the one in use. */
export interface OtherSecret {
  readonly secret: Secret;
  readonly source: string;
}

/** Messages that are signed with what a secret is mistaken for. */
export function secretProbes(secret: Secret, others: readonly OtherSecret[]): ProbeRow[] {
  const misread = keyReadings(secret).flatMap(({ value: key, changes }): ProbeRow[] => {
    const [change] = changes;
    const known = change && misreadings[change.code];
    if (!known) return [];
    const [code, what] = known;
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

/** What the readings of a secret are called here. */
const misreadings: Partial<Record<ChangeCode, readonly [code: ProbeCode, what: string]>> = {
  secret_as_text: ['secret-as-text', "signed with the secret's text after the prefix as key"],
  secret_with_prefix: ['secret-as-text', "signed with the secret's whole text as key"],
  secret_prefix_decoded: [
    'secret-as-text',
    'signed with what base64 makes of the secret and its prefix together',
  ],
  secret_decoded_to_text: ['secret-as-text', "signed with the secret's decoded bytes made into text again"],
  secret_quoted: ['secret-misread', 'signed with quotation marks as a part of the secret'],
  secret_with_whitespace: ['secret-misread', 'signed with a blank or line feed as a part of the secret'],
  secret_base64url: ['secret-misread', 'signed with the key that is left without + and / in its base64'],
  secret_hex: ['secret-misread', 'signed with the secret read as hexadecimal digits'],
  secret_empty_key: ['empty-secret', 'signed with an empty key'],
  secret_not_set: ['empty-secret', 'signed with what is written for a variable that is not set'],
};
