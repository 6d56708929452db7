import { isWithin, statusOf } from '../../delivery/outcome.ts';
import type { SignedContent } from '../../signature/sign.ts';
import { type Check, skip } from '../check.ts';
import { type Fault, findFault } from '../faults.ts';
import { judgeRejected, twins } from '../findings.ts';
import type { Sample } from '../samples.ts';
import { afterwards } from './afterwards.ts';
import { messageOf } from './row.ts';

/** Faults that have their reason and remedy in common. */
interface HostilePart {
  readonly part: string;
  readonly faults: readonly string[];
  readonly why: string;
  readonly fix: string;
}

const hostileParts: readonly HostilePart[] = [
  {
    part: 'missing-headers',
    faults: ['no-headers', 'no-id', 'no-timestamp', 'no-signature'],
    why: 'whoever knows the address can send a message and leave a header out',
    fix: 'refuse what lacks webhook-id, webhook-timestamp or webhook-signature before anything else',
  },
  {
    part: 'tampered-messages',
    faults: ['tampered-body', 'tampered-id', 'tampered-timestamp', 'body-only'],
    why: 'whoever has seen one message can change it, or send it again as another',
    fix: 'compute the signature over id.timestamp.body, all three as they arrived, and compare',
  },
  {
    part: 'times',
    faults: ['stale', 'future', 'malformed-timestamp'],
    why: 'whoever has seen one message can send it again for ever',
    fix: 'refuse a webhook-timestamp that is not all digits, or more than 300 seconds from now, either way',
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
    why: 'a comparison that is not exact can be met by trying',
    fix: 'compare all 32 bytes of a v1 signature, in constant time: crypto.timingSafeEqual, hmac.compare_digest',
  },
  {
    part: 'other-keys',
    faults: ['wrong-secret', 'empty-key', 'secret-as-text'],
    why: 'whoever knows the address can sign with a key of their own, or with none',
    fix: 'verify with the bytes that the base64 after whsec_ stands for, and refuse to start without a secret',
  },
];

export function rejectionChecks(base: Sample): Check[] {
  return hostileParts.flatMap((hostile) => [
    ...hostile.faults.map((name) => refusalCheck(base, hostile, findFault(name))),
    ...(hostile.part === 'tampered-messages' ? [knownIdCheck(base, hostile)] : []),
    afterRefusals(base, hostile),
  ]);
}

function refusalCheck(base: Sample, { part, why, fix }: HostilePart, fault: Fault): Check {
  return {
    group: 'rejects',
    part,
    name: fault.name,
    sends: `a message ${fault.summary}`,
    expects: '4xx',
    meaning: `takes a message ${fault.summary}`,
    why,
    fix: fix,
    async run(bench) {
      const { faulty: spoiled, sound } = twins(bench, () => base.build(bench.materials.now()).body, fault);
      const refused = await bench.send(spoiled, { part, isHostile: true });
      const taken = await bench.send(sound, { part });
      if (
        statusOf(refused.outcome) === undefined ||
        isWithin(taken.outcome, 200, 299) ||
        !bench.subject.connect
      )
        return judgeRejected(refused, taken);
      // What was left unread of the first may stand in the way on the same connection: see reused-connection.
      const by = bench.subject.connect();
      try {
        return judgeRejected(refused, await bench.send(messageOf(base, bench), { part, by }));
      } finally {
        await by.close();
      }
    },
  };
}

/** Whoever has seen a message knows its id; a handler that looks for duplicates first does not verify what follows. */
function knownIdCheck(base: Sample, { part }: HostilePart): Check {
  return {
    group: 'rejects',
    part,
    name: 'known-id',
    sends: 'a message with the webhook-id of one that was taken, whose body was changed after signing',
    expects: '4xx',
    meaning: 'looks for duplicates before it verifies',
    why: 'it acknowledges what nobody has signed; on the day that it acts on duplicates it is open',
    fix: 'verify first, and look for the webhook-id afterwards',
    async run(bench) {
      const { secrets, headers, finish } = bench.materials;
      const { body } = base.build(bench.materials.now());
      const content = bench.content(body);
      const sound = await bench.send(bench.sign(content), { part });
      const change = (made: SignedContent) =>
        finish(findFault('tampered-body').makeMessage({ content: made, secrets, headers }));
      const finding = judgeRejected(await bench.send(change(content), { part, isHostile: true }), sound);
      if (finding.code !== 'accepted') return finding;
      const other = await bench.send(change(bench.content(body)), { part, isHostile: true });
      return isWithin(other.outcome, 200, 299)
        ? skip('not-applicable', 'such a message is taken under any webhook-id')
        : { ...finding, status: 'warn' };
    },
  };
}

function afterRefusals(base: Sample, { part, faults: names }: HostilePart): Check {
  return afterwards(base, {
    part,
    why: 'whoever knows the address could shut out the real events by sending forged ones',
    fix: 'refuse a forged message and nothing else: no lock, no limit by address, no crash',
    async send(bench) {
      for (const name of names) {
        const { faulty: spoiled } = twins(
          bench,
          () => base.build(bench.materials.now()).body,
          findFault(name),
        );
        await bench.send(spoiled, { part, isHostile: true });
      }
    },
  });
}
