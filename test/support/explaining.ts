import { createHmac } from 'node:crypto';
import { explain } from '../../src/signature/explain/explain.ts';
import { readSecret, type Secret } from '../../src/signature/secret.ts';
import { testSecret } from './memory-io.ts';

/** The signed timestamp of test messages, in seconds since 1970. */
export const signedAt = 1_795_360_000;
export const messageId = 'msg_2o3NaedIm6pL62OQ544VzM1cIYo';
export const secret = readSecret(testSecret) as Secret;
export const rightKey = Buffer.from(testSecret.slice('whsec_'.length), 'base64');

export interface Spoiling {
  /** Default: `id.timestamp.body`. */
  readonly signedText?: string | Buffer;
  readonly key?: Buffer | string;
  readonly hash?: string;
  /** The received body, if it differs from the signed one. */
  readonly received?: string | Buffer;
  /** Formats the signature header. */
  readonly write?: (digest: Buffer) => string;
  /** Replaces the three webhook-* headers. */
  readonly headers?: (signature: string) => [string, string][];
  readonly now?: number;
}

/** Signs with node:crypto only, applies the faults, and explains the result. */
export function explainSpoiled(body: string | Buffer, spoiling: Spoiling = {}) {
  const bytes = Buffer.from(body as string);
  const {
    signedText = Buffer.concat([Buffer.from(`${messageId}.${signedAt}.`), bytes]),
    key = rightKey,
    hash = 'sha256',
    received = bytes,
    write = (digest) => `v1,${digest.toString('base64')}`,
    headers = (signature) => [
      ['webhook-id', messageId],
      ['webhook-timestamp', String(signedAt)],
      ['webhook-signature', signature],
    ],
    now = signedAt,
  } = spoiling;
  const signature = write(createHmac(hash, key).update(signedText).digest());
  return explain(
    { headers: headers(signature), body: Buffer.from(received as string) },
    [secret],
    now * 1000,
  );
}

/** The change codes of each finding. */
export function codesOf({ findings }: ReturnType<typeof explain>): string[][] {
  return findings.map(({ changes }) => changes.map(({ code }) => code));
}

export function seenIn({ observations }: ReturnType<typeof explain>): string[] {
  return observations.map(({ code }) => code);
}
