import { type Observer, ObserverProblem, READ_TIMEOUT_MS } from '../checks/effects/observer.ts';
import { realTimers } from '../real-timers.ts';
import { thrownText } from './thrown.ts';

/** Reads the state of the app: text, or anything that JSON can hold, Maps and Sets included. */
export type Observe = () => unknown;

/** Observes by calling a function. What is not text becomes JSON. */
export function functionObserver(observe: Observe): Observer {
  return {
    async read() {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_resolve, reject) => {
        const problem = new ObserverProblem(`did not return within ${READ_TIMEOUT_MS / 1000} s`);
        timer = realTimers.setTimeout(reject, READ_TIMEOUT_MS, problem);
      });
      try {
        return asText(await Promise.race([called(observe), late]));
      } finally {
        realTimers.clearTimeout(timer);
      }
    },
  };
}

async function called(observe: Observe): Promise<unknown> {
  try {
    return await observe();
  } catch (error) {
    throw new ObserverProblem(`threw ${thrownText(error)}`);
  }
}

function asText(state: unknown): string {
  if (typeof state === 'string') return state;
  let json: string | undefined;
  try {
    json = JSON.stringify(state, plain);
  } catch (error) {
    throw new ObserverProblem(`returned what cannot be JSON: ${thrownText(error)}`);
  }
  if (json === undefined) throw new ObserverProblem(`returned ${typeof state}`);
  return json;
}

/** JSON would drop what is in a Map or Set, and cannot hold a BigInt. */
function plain(_name: string, value: unknown): unknown {
  if (value instanceof Map || value instanceof Set) return [...value];
  return typeof value === 'bigint' ? String(value) : value;
}
