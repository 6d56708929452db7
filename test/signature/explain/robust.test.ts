import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HooksError } from '../../../src/errors.ts';
import { readEventText } from '../../../src/events/catalog/event-text.ts';
import { listFixtures } from '../../../src/events/catalog/fixtures.ts';
import { wireForm } from '../../../src/events/wire-form.ts';
import { parseHttpRequests } from '../../../src/input/messages/http-request.ts';
import { causesFound } from '../../../src/report/facts/causes.ts';
import { sdkNotes } from '../../../src/report/words/sdk-notes.ts';
import { explain } from '../../../src/signature/explain/explain.ts';
import { readSignatures } from '../../../src/signature/explain/signatures.ts';
import { stampReadings } from '../../../src/signature/explain/stamps.ts';
import { verify } from '../../../src/signature/verify.ts';
import { messageId, rightKey, secret, signedAt } from '../../support/explaining.ts';
import { repository } from '../../support/repository.ts';

/** Random for each run; SEED=… repeats a run. */
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

/** A short search: ten thousand thorough ones would take an hour. */
const quickSearch = { mostChanges: 1, longestJson: 64 * 1024, budget: 1_000_000 };

const names = fc.constantFrom(
  'webhook-id',
  'webhook-timestamp',
  'webhook-signature',
  'Webhook-Signature',
  'svix-signature',
  'x-signature',
  'scalekit-signature',
  'svix-timestamp',
  'content-type',
);
const token = fc.stringMatching(/^[A-Za-z0-9+/_=,. -]{0,80}$/);
const values = fc.oneof(
  fc.string({ unit: 'binary' }),
  token,
  token.map((text) => `v1,${text}`),
  fc.constantFrom(
    String(signedAt),
    `${signedAt}123`,
    `${signedAt}, ${signedAt}`,
    '2026-11-22',
    '',
    'v1,',
    '"',
  ),
  fc
    .uint8Array({ minLength: 32, maxLength: 32 })
    .map((bytes) => `v1,${Buffer.from(bytes).toString('base64')}`),
);
const headers = fc.array(fc.tuple(names, values), { maxLength: 6 });
const body = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.json().map((text) => Buffer.from(text)),
  fc.string({ unit: 'grapheme' }).map((text) => Buffer.from(`\ufeff${text}\r\n`)),
);

describe(`random input, seed ${seed}`, () => {
  it('verify and the message parsers never throw: 10,000 messages', () => {
    fc.assert(
      fc.property(headers, body, (pairs, bytes) => {
        expect(typeof verify({ headers: pairs, body: bytes }, [secret], signedAt * 1000).verified).toBe(
          'boolean',
        );
        for (const [, value] of pairs) readSignatures(value);
        stampReadings(pairs, 'evt_1');
        const request = Buffer.concat([
          Buffer.from(pairs.map(([name, value]) => `${name}: ${value}\r\n`).join('')),
          bytes,
        ]);
        for (const start of ['', 'POST / HTTP/1.1\r\n']) {
          try {
            for (const { message } of parseHttpRequests(Buffer.concat([Buffer.from(start), request]), 'x'))
              expect(message.body).toBeInstanceOf(Uint8Array);
          } catch (error) {
            expect(error).toBeInstanceOf(HooksError);
          }
        }
      }),
      { seed, numRuns: 10_000 },
    );
  }, 120_000);

  it('explain never throws, and explains every rejection: 10,000 messages', () => {
    fc.assert(
      fc.property(headers, body, (pairs, bytes) => {
        const message = { headers: pairs, body: bytes };
        const explanation = explain(message, [secret], signedAt * 1000, { effort: quickSearch });
        const { causes, unexplained: left } = causesFound(explanation, [secret], 'here');
        expect(explanation.verdict.verified || causes.length > 0 || left !== null).toBe(true);
        sdkNotes({ message, explanation, secrets: [secret] });
      }),
      { seed, numRuns: 10_000 },
    );
  }, 240_000);
});

/** The body of every event type, as Scalekit sends it. */
const events = listFixtures(repository).map(({ path }) => wireForm(readEventText(path)));

interface Parts {
  id: string;
  timestamp: string;
  signature: string;
  body: Buffer;
}

function signed(text: string): Parts {
  const signature = createHmac('sha256', rightKey)
    .update(`${messageId}.${signedAt}.${text}`)
    .digest('base64');
  return {
    id: messageId,
    timestamp: String(signedAt),
    signature: `v1,${signature}`,
    body: Buffer.from(text),
  };
}

/** Forms of times that a search tries: a corrupted byte may be in one, and then it can be restored. */
const times = ['times_lost_digits', 'times_rewritten'];

/** A way to corrupt a message at random, and the causes that can restore it by chance. */
interface Corruption {
  readonly restorable: readonly string[];
  corrupt(parts: Parts, at: number, by: number): void;
}

const corruptions: readonly Corruption[] = [
  {
    restorable: times,
    corrupt({ body }, at, by) {
      body[at % body.length]! ^= 1 + (by % 127);
    },
  },
  {
    restorable: times,
    corrupt(parts, at) {
      // A missing end can be restored: see body_truncated.
      const cut = at % (parts.body.length - 20);
      parts.body = Buffer.concat([parts.body.subarray(0, cut), parts.body.subarray(cut + 1)]);
    },
  },
  {
    restorable: times,
    corrupt(parts, at, by) {
      parts.body = Buffer.concat([
        parts.body.subarray(0, at % parts.body.length),
        Buffer.from([0x61 + (by % 26)]),
        parts.body.subarray(at % parts.body.length),
      ]);
    },
  },
  {
    restorable: [],
    corrupt(parts, at, by) {
      parts.id = replaced(parts.id, 4 + (at % 27), 'ABCDEFGHIJ0123456789', by);
    },
  },
  {
    restorable: [],
    corrupt(parts, at, by) {
      // Differences of up to five minutes are found: see timestamp_off.
      parts.timestamp = replaced(parts.timestamp, at % 7, '123456789', by);
    },
  },
  {
    restorable: [],
    corrupt(parts, at, by) {
      parts.signature = replaced(
        parts.signature,
        3 + (at % 42),
        'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef0123456789+/',
        by,
      );
    },
  },
];

function replaced(text: string, at: number, alphabet: string, by: number): string {
  const others = [...alphabet].filter((character) => character !== text[at]);
  return text.slice(0, at) + others[by % others.length] + text.slice(at + 1);
}

it(`200 random corruptions get no wrong cause, seed ${seed}`, () => {
  let index = 0;
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.nat(), (which, at, by) => {
      const parts = signed(events[which % events.length]!);
      const { corrupt, restorable } = corruptions[index++ % corruptions.length]!;
      corrupt(parts, at, by);
      const message = {
        headers: [
          ['webhook-id', parts.id],
          ['webhook-timestamp', parts.timestamp],
          ['webhook-signature', parts.signature],
        ] as const,
        body: parts.body,
      };
      const { verdict, findings } = explain(message, [secret], signedAt * 1000);
      expect(verdict.verified).toBe(false);
      const codes = findings.flatMap(({ changes }) => changes.map(({ code }) => code));
      expect(codes.filter((code) => !restorable.includes(code))).toEqual([]);
    }),
    { seed, numRuns: 200, endOnFailure: true },
  );
}, 240_000);
