import type { Message } from '../../message.ts';
import type { Secret } from '../secret.ts';
import { CandidateBodies, changesOf } from './bodies.ts';
import { MOST_SECRETS, plansFor, type SearchPlan } from './plans.ts';
import { isRare, type Reading } from './reading.ts';
import { type Hash, hashesFor, type SignatureMatch, tryOut } from './trial.ts';

export interface SearchResult {
  /** The smallest changes that make it match; several when they are equally small, none when nothing fits. */
  readonly findings: readonly SignatureMatch[];
  /** How many combinations were tried. */
  readonly tried: number;
  /** Why that was not all: the body is large, the budget was spent, or there are many secrets. */
  readonly limit: 'none' | 'body' | 'work' | 'secrets';
}

/** How much is tried. */
export interface Effort {
  /** Mistakes at once, beside those in the spelling of the signature. */
  readonly mostChanges: number;
  /** The longest body that is written in other styles, in bytes. */
  readonly longestJson: number;
  /**
   * Units of about a nanosecond after which the search gives up: bytes that are hashed, and what each signature and each
   * rewritten byte takes beside that. No clock, so that an answer does not depend on how busy the machine is.
   */
  readonly budget: number;
}

/** `thorough` for somebody who asked, a second at most; `brief` for a listener that has other things to do. */
export const efforts = {
  thorough: { mostChanges: 3, longestJson: 512 * 1024, budget: 450_000_000 },
  brief: { mostChanges: 2, longestJson: 16 * 1024, budget: 30_000_000 },
} satisfies Record<string, Effort>;

/** What signing takes beside the bytes of the body, in units of work. */
const PER_SIGNATURE = 5000;
const PER_ID_CHARACTER = 4;
/** As many units of work as may pass before others get their turn. */
const TURN = 1_000_000;

/**
 * Searches for the smallest changes that make a signature match: all combinations in the order of how many changes
 * they take. A step takes some milliseconds; the steps' values have no meaning.
 */
export function* search(
  message: Message,
  secrets: readonly Secret[],
  { eventId, effort }: { readonly eventId: string | null; readonly effort: Effort },
): Generator<void, SearchResult> {
  const plans = plansFor({ headers: message.headers, eventId }, secrets, effort.mostChanges);
  const bodies = new CandidateBodies(message.body, effort.longestJson);
  const best = new Best();
  let [tried, spent, sinceTurn] = [0, 0, 0];
  // What costs more than what was found cannot be the smallest change.
  for (let cost = 0; cost <= effort.mostChanges && cost <= best.cost; cost += 1) {
    for (const { plan, body, hash, work } of combinations(plans, bodies, cost)) {
      if (spent > effort.budget) return { findings: best.findings, tried, limit: 'work' };
      tried += 1;
      spent += work;
      sinceTurn += work;
      for (const finding of tryOut(plan, body, hash)) best.add(finding);
      if (sinceTurn > TURN) {
        sinceTurn = 0;
        yield;
      }
    }
  }
  const limit = secrets.length > MOST_SECRETS ? 'secrets' : bodies.isComplete ? 'none' : 'body';
  return { findings: best.findings, tried, limit };
}

interface Combination {
  readonly plan: SearchPlan;
  readonly body: Reading<Uint8Array>;
  readonly hash: Hash;
  /** What it takes to try it, in units of work. */
  readonly work: number;
}

/** All combinations that take so many changes, beside those in the spelling of the signature and in its hash. */
function* combinations(
  plans: readonly (readonly SearchPlan[] | undefined)[],
  bodies: CandidateBodies,
  cost: number,
): Generator<Combination> {
  for (const body of bodies.upTo(cost)) {
    // What is looked for alone goes with a plan that changes nothing.
    if (isRare(body) && changesOf(body) < cost) continue;
    for (const plan of plans[cost - changesOf(body)] ?? []) {
      if (body.changes.length > 0 && (plan.isGuess || isRare(plan.stamp) || isRare(plan.key))) continue;
      for (const hash of hashesFor(plan.stamp.value.signatures)) {
        const signed = body.value.length + PER_ID_CHARACTER * (plan.stamp.value.id?.length ?? 0);
        yield { plan, body, hash, work: bodies.takeWork() + signed + PER_SIGNATURE };
      }
    }
  }
}

/** The findings with the fewest changes so far. */
class Best {
  /** By what is changed: different ways to the same change are one. */
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
