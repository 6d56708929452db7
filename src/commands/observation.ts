import { commandObserver } from '../checks/effects/command-observer.ts';
import type { Effects } from '../checks/effects/index.ts';
import { type Observer, ObserverProblem, READ_TIMEOUT_MS } from '../checks/effects/observer.ts';
import { type observeFlags, USUAL_SETTLE_MS } from '../cli/flag-sets.ts';
import type { Values } from '../cli/flags.ts';
import { type AllowFlags, allowedTarget } from '../config/target.ts';
import { ANSWER_LIMIT, describeOutcome, isWithin } from '../delivery/outcome.ts';
import { credentialsOf } from '../delivery/target.ts';
import { deliverOnce } from '../delivery/transport/index.ts';
import { HooksError } from '../errors.ts';
import type { Io } from '../io.ts';
import { nearestNames } from '../names.ts';
import type { Context } from './context.ts';

/** What the flags say about the state of the app. */
export type ObserveFlags = Values<typeof observeFlags> & AllowFlags;

/** Undefined without --observe. `types` are the event types that can be sent. Throws HooksError. */
export function readEffects(
  given: ObserveFlags,
  types: readonly string[],
  { io, report }: Context,
): Effects | undefined {
  const { observe, observeType, settle } = given;
  if (observeType !== undefined && !types.includes(observeType)) {
    const nearest = nearestNames(observeType, types);
    throw new HooksError('unknown_event_type', { type: observeType, nearest, count: types.length });
  }
  if (observe === undefined) return undefined;
  const observer = masking(observerFrom(observe, given, io), report);
  return { observer, settleMs: settle, observedType: observeType };
}

/** Findings quote parts of the state, and a part of a secret could no longer be masked. */
function masking(observer: Observer, { mask }: Context['report']): Observer {
  return { read: async (stop) => mask(await observer.read(stop)) };
}

/** The flags that observe the same again. */
export function observeArguments({ observe, observeType, settle }: Values<typeof observeFlags>): string[] {
  if (observe === undefined) return [];
  return [
    ...['--observe', observe],
    ...(observeType === undefined ? [] : ['--observe-type', observeType]),
    ...(settle === USUAL_SETTLE_MS ? [] : ['--settle', `${settle}ms`]),
  ];
}

/** Observes with a URL if the text is one, or else with a shell command. Throws HooksError. */
function observerFrom(text: string, given: AllowFlags, io: Io): Observer {
  if (/^https?:\/\//i.test(text)) return urlObserver(text, given, io);
  if (text.trim() !== '') return commandObserver(text, io);
  const [expected, example] = ['a shell command or a URL', '--observe "cat state.json"'];
  throw new HooksError('invalid_value', { flag: '--observe', value: text, expected, example });
}

/** The body of the response to a GET request is the state. */
function urlObserver(text: string, given: AllowFlags, { env }: Io): Observer {
  const target = allowedTarget(text, '--observe', env, given);
  const message = { headers: credentialsOf(target), body: new Uint8Array() };
  return {
    async read(stop) {
      const { insecure } = given;
      const options = { timeout: READ_TIMEOUT_MS, insecure, stop, method: 'GET' } as const;
      const outcome = await deliverOnce(message, target, options);
      if (!outcome.answered || !isWithin(outcome, 200, 299))
        throw new ObserverProblem(`got ${describeOutcome(outcome)}`);
      if (outcome.isCut) throw new ObserverProblem(`got more than ${ANSWER_LIMIT / 1024} kB`);
      return Buffer.from(outcome.body).toString();
    },
  };
}
