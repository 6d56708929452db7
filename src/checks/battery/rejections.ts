import { isWithin, statusOf } from '../../delivery/outcome.ts';
import type { SignedContent } from '../../signature/sign.ts';
import { type Check, type Finding, skip } from '../check.ts';
import { type Fault, findFault } from '../faults.ts';
import { judgeRejected, twins, WITHOUT_FAULT, worstOf } from '../findings.ts';
import type { Sample } from '../samples.ts';
import { afterwards } from './afterwards.ts';
import { messageOf } from './row.ts';

/** Faults that share a reason and a fix. */
export interface HostilePart {
  readonly part: string;
  readonly faults: readonly string[];
  readonly why: string;
  readonly fix: string;
}

/** All faults that a handler must reject, grouped by why. */
export const hostileParts: readonly HostilePart[] = [
  {
    part: 'missing-headers',
    faults: ['no-headers', 'no-id', 'no-timestamp', 'no-signature'],
    why: 'anyone who knows the URL can send a message and leave out a header',
    fix: 'reject a message without webhook-id, webhook-timestamp or webhook-signature before anything else',
  },
  {
    part: 'tampered-messages',
    faults: ['tampered-body', 'tampered-id', 'tampered-timestamp', 'body-only'],
    why: 'anyone who has seen one message can change it or resend it as another',
    fix: 'compute the signature over id.timestamp.body, all three exactly as received, and compare',
  },
  {
    part: 'times',
    faults: ['stale', 'future', 'malformed-timestamp'],
    why: 'anyone who has seen one message can resend it forever',
    fix: 'reject a webhook-timestamp that is not all digits or is off by more than 300 seconds either way',
  },
  {
    part: 'malformed-signatures',
    faults: [
      'unknown-version',
      'truncated-signature',
      'empty-signature',
      'lower-case-signature',
      'hex-signature',
    ],
    why: 'an attacker can pass an inexact comparison by guessing',
    fix: 'compare all 32 v1 signature bytes in constant time: crypto.timingSafeEqual, hmac.compare_digest',
  },
  {
    part: 'other-keys',
    faults: ['wrong-secret', 'empty-key', 'secret-as-text'],
    why: 'anyone who knows the URL can sign with their own key or with an empty key',
    fix: 'decode the base64 after whsec_ and verify with those bytes. Do not start without a secret',
  },
];

/** A check per fault, and for tampered messages one with the id of a message that was accepted. */
export function rejectionChecks(base: Sample): Check[] {
  return hostileParts.flatMap((hostile) => [
    ...hostile.faults.map((name) => rejectionCheck(base, hostile, findFault(name))),
    ...(hostile.part === 'tampered-messages' ? [knownIdCheck(base, hostile)] : []),
    afterRejections(base, hostile),
  ]);
}

function rejectionCheck(base: Sample, { part, why, fix }: HostilePart, fault: Fault): Check {
  return {
    group: 'rejects',
    part,
    name: fault.name,
    sends: `a message ${fault.summary}`,
    expects: '4xx',
    meaning: `accepts a message ${fault.summary}`,
    why,
    fix,
    async run(bench) {
      const { faulty, sound } = twins(bench, () => base.build(bench.materials.now()).body, fault);
      const rejected = await bench.send(faulty, { part, isHostile: true });
      const accepted = await bench.send(sound, { part, role: WITHOUT_FAULT });
      if (
        statusOf(rejected.outcome) === undefined ||
        isWithin(accepted.outcome, 200, 299) ||
        !bench.subject.connect
      )
        return judgeRejected(rejected, accepted);
      // Unread bytes of the first message may break the second on a shared connection: see reused-connection.
      const by = bench.subject.connect();
      try {
        return judgeRejected(
          rejected,
          await bench.send(messageOf(base, bench), { part, by, role: WITHOUT_FAULT }),
        );
      } finally {
        await by.close();
      }
    },
  };
}

/** A handler that looks for duplicates before verifying accepts a forgery under a known id. */
function knownIdCheck(base: Sample, { part }: HostilePart): Check {
  return {
    group: 'rejects',
    part,
    name: 'known-id',
    sends: 'tampered messages with the webhook-id, or the event id, of an accepted one',
    expects: '4xx',
    meaning: 'looks for duplicates before it verifies',
    why: 'a handler that acknowledges unverified messages may later act on forged ones',
    fix: 'verify first, then look for duplicates',
    async run(bench) {
      const { secrets, headers, finish } = bench.materials;
      const build = () => base.build(bench.materials.now()).body;
      const content = bench.content(build());
      const sound = await bench.send(bench.sign(content), { part, role: 'the accepted message' });
      const sendTampered = (made: SignedContent) => {
        const message = findFault('tampered-body').makeMessage({ content: made, secrets, headers });
        return bench.send(finish(message), { part, isHostile: true });
      };
      const known: Finding[] = [];
      // Under the same webhook-id, then under a new one, which leaves only the id of the event.
      for (const made of [content, bench.content(content.body)])
        known.push(judgeRejected(await sendTampered(made), sound));
      const accepted = known.find(({ code }) => code === 'accepted');
      if (!accepted) return worstOf(known);
      const unknown = await sendTampered(bench.content(build()));
      return isWithin(unknown.outcome, 200, 299)
        ? skip('not-applicable', 'a tampered message is accepted under any id: see tampered-body')
        : accepted;
    },
  };
}

function afterRejections(base: Sample, { part, faults: names }: HostilePart): Check {
  return afterwards(base, {
    part,
    why: 'anyone who knows the URL can block real events by sending forged ones',
    fix: 'reject the forged message and change nothing else: no lockout, no limit by IP address, no crash',
    async send(bench) {
      for (const name of names) {
        const { faulty } = twins(bench, () => base.build(bench.materials.now()).body, findFault(name));
        await bench.send(faulty, { part, isHostile: true });
      }
    },
  });
}
