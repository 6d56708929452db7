import { createHmac } from 'node:crypto';
import { Scalekit } from '@scalekit-sdk/node';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { describe, expect, it } from 'vitest';
import { sdkNotes } from '../../../src/report/words/sdk-notes.ts';
import { explain } from '../../../src/signature/explain/explain.ts';
import { readAnySecret, type Secret } from '../../../src/signature/secret.ts';
import { testSecret } from '../../support/memory-io.ts';

const scalekit = new Scalekit('https://example.scalekit.dev', 'id', 'secret');
const now = Date.now();
const seconds = Math.floor(now / 1000);
const id = 'msg_2o3NaedIm6pL62OQ544VzM1cIYo';
const body = '{"type":"user.created","data":{}}';
const rightKey = Buffer.from(testSecret.slice(6), 'base64');

interface Case {
  readonly secret?: string;
  readonly key?: Buffer;
  readonly id?: string;
  readonly timestamp?: string;
  /** What of the timestamp is signed. */
  readonly signedTime?: string;
  readonly body?: Buffer;
  readonly write?: (right: string) => string;
  readonly extra?: [string, string][];
  readonly names?: (name: string) => string;
  readonly now?: number;
  readonly tolerance?: number;
}

function make(given: Case) {
  const {
    secret = testSecret,
    key = rightKey,
    timestamp = String(seconds),
    write = (right: string) => right,
  } = given;
  const [messageId, bytes] = [given.id ?? id, given.body ?? Buffer.from(body)];
  const signedText = Buffer.concat([Buffer.from(`${messageId}.${given.signedTime ?? timestamp}.`), bytes]);
  const right = `v1,${createHmac('sha256', key).update(signedText).digest('base64')}`;
  const pairs: [string, string][] = [
    ['webhook-id', Buffer.from(messageId).toString('latin1')],
    ['webhook-timestamp', timestamp],
    ['webhook-signature', write(right)],
  ];
  const headers = [
    ...pairs.map(([name, value]): [string, string] => [given.names?.(name) ?? name, value]),
    ...(given.extra ?? []),
  ];
  return { secret, headers, body: bytes };
}

function notesOn(given: Case): string[] {
  const { secret, headers, body } = make(given);
  const read = readAnySecret(secret) as Secret;
  const message = { headers, body };
  const explanation = explain(message, [read], given.now ?? now, { tolerance: given.tolerance ?? 300 });
  return sdkNotes({ message, explanation, secrets: [read] }).map(({ code }) => code);
}

const takes = (verify: () => unknown) => {
  try {
    verify();
    return true;
  } catch {
    return false;
  }
};
/** What the libraries that run here say of a message. */
function libraries(given: Case) {
  const { secret, headers, body } = make(given);
  const named = Object.fromEntries(headers);
  return {
    scalekit: takes(() => scalekit.verifyWebhookPayload(secret, named, body.toString())),
    standard: takes(() => new StandardWebhook(secret).verify(body, named)),
    svix: takes(() => new SvixWebhook(secret).verify(body, named)),
  };
}

const short = Buffer.alloc(5, 1).toString('base64');
const plain = Buffer.alloc(24, 3);

describe('what the notes say of libraries is what these do', () => {
  const rows: [code: string, given: Case, expected: Partial<ReturnType<typeof libraries>>][] = [
    [
      'malformed_entry_before',
      { write: (right) => `v1,${short} ${right}` },
      { scalekit: false, standard: true },
    ],
    ['malformed_entry_before', { write: (right) => `v1 ${right}` }, { scalekit: false }],
    ['header_case', { names: (name) => name.toUpperCase() }, { scalekit: false }],
    ['timestamp_fraction', { timestamp: `${seconds}.7`, signedTime: String(seconds) }, { scalekit: true }],
    ['timestamp_tail', { timestamp: `${seconds}abc`, signedTime: String(seconds) }, { scalekit: true }],
    ['signature_tail', { write: (right) => `${right},extra` }, { scalekit: true }],
    ['signature_tail', { write: (right) => `${right},v1,${short}` }, { scalekit: true }],
    ['other_base64', { write: (right) => right.replace('=', '') }, { scalekit: true }],
    ['body_not_utf8', { body: Buffer.from([0xff, 0x7b]) }, { scalekit: false }],
    ['id_not_ascii', { id: 'msg_é' }, { standard: false }],
    [
      'svix_headers_too',
      {
        extra: [
          ['svix-id', id],
          ['svix-timestamp', String(seconds)],
          ['svix-signature', `v1,${Buffer.alloc(32).toString('base64')}`],
        ],
      },
      { scalekit: true, standard: true, svix: false },
    ],
    [
      'interceptor_secret',
      { secret: `insec_${plain.toString('base64')}`, key: plain },
      { scalekit: true, standard: false, svix: false },
    ],
    [
      'secret_second_underscore',
      { secret: `whsec_dGVzdA==_${plain.toString('base64')}`, key: Buffer.from('test') },
      { scalekit: true, standard: false, svix: false },
    ],
    ['secret_empty_key', { secret: 'whsec_', key: Buffer.alloc(0) }, { scalekit: true, standard: false }],
    [
      'secret_no_prefix',
      { secret: plain.toString('base64'), key: plain },
      { scalekit: false, standard: true },
    ],
    [
      'secret_padding',
      {
        secret: `whsec_${Buffer.alloc(25, 9).toString('base64').replace(/=+$/, '')}`,
        key: Buffer.alloc(25, 9),
      },
      { scalekit: true },
    ],
    [
      'secret_base64url',
      {
        secret: `whsec_${Buffer.alloc(24, 0xfb).toString('base64url').replaceAll('_', 'x')}`,
        key: Buffer.from(Buffer.alloc(24, 0xfb).toString('base64url').replaceAll('_', 'x'), 'base64url'),
      },
      { scalekit: true },
    ],
  ];
  it.each(rows)('%s', (code, given, expected) => {
    expect(notesOn(given)).toContain(code);
    expect(libraries(given)).toMatchObject(expected);
  });

  // Python, Go and Java do not run here: what they do was read and run when the rules were written.
  const others: [code: string, given: Case][] = [
    ['malformed_other_version_before', { write: (right) => `v1a,abc ${right}` }],
    ['exactly_too_old', { now: now + 300_000 }],
    ['just_too_new', { now: (seconds - 301) * 1000 }],
    ['timestamp_sign', { timestamp: `+${seconds}` }],
    ['beyond_tolerance', { now: now + 400_000, tolerance: 600 }],
    ['within_tolerance', { now: now + 100_000, tolerance: 60 }],
    ['secret_quoted', { secret: `"${testSecret}"` }],
    ['secret_not_base64', { secret: 'whsec_what is this!', key: Buffer.from('what is this!', 'base64') }],
  ];
  it.each(others)('%s', (code, given) => expect(notesOn(given)).toContain(code));

  it.each<[string, Case]>([
    ['a plain message', {}],
    ['a second signature after it', { write: (right) => `${right} v1,${short}` }],
    [
      'another version before it, well formed',
      { write: (right) => `v1a,${Buffer.alloc(64).toString('base64')} ${right}` },
    ],
    ['one that was changed', { write: () => `v1,${Buffer.alloc(32).toString('base64')}` }],
    ['299 s old', { now: now + 299_000 }],
  ])('nothing is noted of %s', (_name, given) => expect(notesOn(given)).toEqual([]));
});
