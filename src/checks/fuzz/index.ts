import { textOfBody } from '../../message.ts';
import { type Check, type Finding, fail, pass, skip } from '../check.ts';
import type { Sample } from '../samples.ts';
import { type Exchange, FUZZ_PART, type Workbench } from '../workbench.ts';
import type { Counterexample } from './counterexample.ts';
import { Counterexamples } from './counterexamples.ts';
import { type FailureKind, failureOf } from './failure.ts';
import { type FailedEvent, Fuzzer } from './fuzzer.ts';
import { type FuzzEvent, loadGenerator } from './generate.ts';

export interface FuzzOptions {
  /** How many events to generate. */
  readonly runs: number;
  /** A whole number of 32 bits; the same makes the same events. */
  readonly seed: number;
}

/** Types that the documentation does not have, because Scalekit adds some. */
const unknownTypes = ['organization.added_later', 'billing.added_later'];

/** The code of a result, for the worst failure. */
const codes = {
  crash: 'crashed',
  hang: 'no-answer',
  error: 'answered-5xx',
  rejected: 'not-accepted',
} as const satisfies Record<FailureKind, string>;

/** Sends generated events that match the documentation. A right handler accepts each of them. */
export function fuzzCheck(
  samples: readonly Sample[],
  { runs, seed }: FuzzOptions,
  hasAllTypes: boolean,
): Check {
  return {
    group: 'fuzz',
    part: FUZZ_PART,
    name: 'fuzz',
    sends: 'generated events that match the documentation of their types',
    expects: '2xx',
    meaning: 'does not accept every event that the documentation allows',
    why: 'real events have absent and null fields, long lists, and texts in any language; an event that fails is retried, then lost',
    fix: 'handle the value that is named for each failure below',
    isAlone: true,
    run: (bench) => fuzz(samples, { runs, seed }, hasAllTypes, bench),
  };
}

async function fuzz(
  samples: readonly Sample[],
  { runs, seed }: FuzzOptions,
  hasAllTypes: boolean,
  bench: Workbench,
): Promise<Finding> {
  const fuzzer = new Fuzzer(bench);
  const subjects = [...subjectsOf(samples, bench), ...(hasAllTypes ? newSubjects(samples, bench) : [])];
  const sampled = fuzzer.sample(subjects.map(({ event }) => event));
  const [exchanges, generate] = await Promise.all([sampled, loadGenerator()]);
  const tried = subjects.map((subject, index) => ({ ...subject, exchange: exchanges[index] }));
  const isAccepted = ({ exchange }: Tried) => exchange && failureOf(exchange.outcome) === undefined;
  const accepted = tried.filter(isAccepted);
  if (accepted.length === 0) return skip('inconclusive', 'no sample event is accepted');
  const known = new Map(accepted.map(({ event }) => [String(event.type), event]));
  const counterexamples = new Counterexamples(fuzzer, known);
  const rejected = tried.filter((each) => !isAccepted(each));
  for (const { event, exchange, isNew } of rejected)
    if (isNew && exchange) counterexamples.addNewType(event, exchange);
  const failed: FailedEvent[] = [];
  for await (const group of fuzzer.failing(generate([...known.keys()], runs, seed))) failed.push(...group);
  for (const each of failed) await counterexamples.add(each);
  const leftOut = rejected.filter(({ isNew }) => !isNew).length;
  const { found, onlyTogether } = counterexamples;
  const sent = fuzzer.generated === runs ? runs : `${fuzzer.generated} of ${runs}`;
  const about = [
    `${sent} events of ${known.size} ${known.size === 1 ? 'type' : 'types'}, seed ${seed}`,
    ...(leftOut > 0 ? [`${leftOut} types left out, because their sample events are not accepted`] : []),
    ...(onlyTogether > 0 ? [`${onlyTogether} events failed only beside others`] : []),
  ].join('; ');
  return found.length === 0 ? pass(about) : failure(found, about);
}

function failure(found: readonly Counterexample[], about: string): Finding {
  const kinds = Object.keys(codes) as FailureKind[];
  const worst = kinds.find((kind) => found.some((each) => each.kind === kind))!;
  const exchanges = found.map(({ exchange }) => exchange);
  const count = found.length === 1 ? '1 failure' : `${found.length} different failures`;
  return { ...fail(codes[worst], `${count} in ${about}`, exchanges), counterexamples: found };
}

/** A type to generate events of, and a sample event, which differences are described from. */
interface FuzzedType {
  readonly event: FuzzEvent;
  /** Whether the documentation does not have the type. */
  readonly isNew: boolean;
}

interface Tried extends FuzzedType {
  readonly exchange: Exchange | undefined;
}

function subjectsOf(samples: readonly Sample[], bench: Workbench): FuzzedType[] {
  return samples.map((sample) => ({
    event: JSON.parse(textOfBody(sample.build(bench.materials.now()))) as FuzzEvent,
    isNew: false,
  }));
}

function newSubjects(samples: readonly Sample[], bench: Workbench): FuzzedType[] {
  const [first] = subjectsOf(samples.slice(0, 1), bench);
  return unknownTypes.map((type) => ({ event: { ...first!.event, type, data: {} }, isNew: true }));
}
