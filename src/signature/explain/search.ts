import type { Message } from '../../message.ts';
import type { Secret } from '../secret.ts';
import { CandidateBodies, changesOf } from './bodies.ts';
import type { Hash } from './hashes.ts';
import { MAX_SECRETS, plansFor, type SearchPlan } from './plans.ts';
import { isRare, type Reading } from './reading.ts';
import { type SignatureMatch, tryOut } from './trial.ts';

/** What the search found, and how far it went. */
export interface SearchResult {
  /** The smallest changes that make a signature match: several if equally small, empty if nothing matches. */
  readonly findings: readonly SignatureMatch[];
  /** Number of combinations tried. */
  readonly tried: number;
  /** Why the search is incomplete: a large body, a spent budget, or too many secrets. */
  readonly limit: 'none' | 'body' | 'work' | 'secrets';
}

/** The extent of a search. */
export interface Effort {
  /** Most mistakes per combination, not counting those in how the signature is written. */
  readonly mostChanges: number;
  /** The longest body to re-serialize in other JSON styles, in bytes. */
  readonly longestJson: number;
  /**
   * Work units, about a nanosecond each, after which the search stops: one per hashed byte, plus a cost per signature
   * and per re-serialized byte. Not a clock, so that the result does not depend on how busy the machine is.
   */
  readonly budget: number;
}

/**
 * `thorough`, at most about a second, for an explicit request; `brief` for a listener that is serving requests, and for long
 * logs.
 */
export const efforts = {
  thorough: { mostChanges: 3, longestJson: 512 * 1024, budget: 450_000_000 },
  brief: { mostChanges: 2, longestJson: 16 * 1024, budget: 30_000_000 },
} satisfies Record<string, Effort>;

/** Cost of signing in addition to the bytes of the body, in work units. */
const WORK_PER_SIGNATURE = 2000;
const WORK_PER_ID_CHARACTER = 4;
/** Work units between two yields. */
const WORK_PER_STEP = 1_000_000;

/**
 * Searches for the smallest changes that make a signature match, trying all combinations in order of their number of
 * changes. Each step takes a few milliseconds and yields nothing.
 */
export function* search(
  message: Message,
  secrets: readonly Secret[],
  { eventId, effort }: { readonly eventId: string | null; readonly effort: Effort },
): Generator<void, SearchResult> {
  const plans = plansFor({ headers: message.headers, eventId }, secrets, effort.mostChanges);
  const bodies = new CandidateBodies(message.body, effort.longestJson);
  const best = new Best();
  let [tried, spent, sinceYield] = [0, 0, 0];
  // A combination with more changes than the best match cannot be the smallest.
  for (let cost = 0; cost <= effort.mostChanges && cost <= best.cost; cost += 1) {
    for (const { plan, body, hash, work } of combinations(plans, bodies, cost)) {
      if (spent > effort.budget) return { findings: best.findings, tried, limit: 'work' };
      tried += 1;
      spent += work;
      sinceYield += work;
      for (const finding of tryOut(plan, body, hash)) best.add(finding);
      if (sinceYield > WORK_PER_STEP) {
        sinceYield = 0;
        yield;
      }
    }
  }
  const limit = secrets.length > MAX_SECRETS ? 'secrets' : bodies.isComplete ? 'none' : 'body';
  return { findings: best.findings, tried, limit };
}

interface Combination {
  readonly plan: SearchPlan;
  readonly body: Reading<Uint8Array>;
  readonly hash: Hash;
  /** In work units. */
  readonly work: number;
}

/** All combinations of `cost` changes, not counting changes to how the signature is written or hashed. */
function* combinations(
  plans: readonly (readonly SearchPlan[] | undefined)[],
  bodies: CandidateBodies,
  cost: number,
): Generator<Combination> {
  for (const body of bodies.upTo(cost)) {
    // A rare change is tried only with a plan that changes nothing else.
    if (isRare(body) && changesOf(body) < cost) continue;
    for (const plan of plans[cost - changesOf(body)] ?? []) {
      if (body.changes.length > 0 && (plan.isGuess || isRare(plan.stamp) || isRare(plan.key))) continue;
      for (const hash of plan.stamp.value.signatures.hashes) {
        const signed = body.value.length + WORK_PER_ID_CHARACTER * (plan.stamp.value.id?.length ?? 0);
        yield { plan, body, hash, work: bodies.takeWork() + signed + WORK_PER_SIGNATURE };
      }
    }
  }
}

/** The matches with the fewest changes so far. */
class Best {
  /** Keyed by the changes, because different combinations can lead to the same changes. */
  #findings = new Map<string, SignatureMatch>();
  #cost = Number.POSITIVE_INFINITY;

  get cost(): number {
    return this.#cost;
  }

  get findings(): SignatureMatch[] {
    return [...this.#findings.values()];
  }

  add(finding: SignatureMatch): void {
    const cost = finding.changes.length;
    if (cost > this.#cost) return;
    if (cost < this.#cost) this.#findings = new Map();
    this.#cost = cost;
    const name = JSON.stringify(finding.changes);
    if (!this.#findings.has(name)) this.#findings.set(name, finding);
  }
}
