import { isWithin } from '../../delivery/outcome.ts';
import { INTERCEPTOR_TIMEOUT, WEBHOOK_TIMEOUT } from '../../delivery/schedules.ts';
import type { NamedBuilder } from '../../events/build.ts';
import type { TriggerPoint } from '../../events/catalog/trigger-points.ts';
import type { Message } from '../../message.ts';
import { asInterceptor } from '../../signature/interceptor.ts';
import type { Secret } from '../../signature/secret.ts';
import type { Check } from '../check.ts';
import { type Effects, effectChecks } from '../effects/index.ts';
import { accepting } from '../findings.ts';
import { type FuzzOptions, fuzzCheck } from '../fuzz/index.ts';
import { readDecision } from '../interceptor-answer.ts';
import type { CheckPlan } from '../plan.ts';
import type { OtherSecret } from '../probes/secrets.ts';
import { baseOf, type Sample, samplesOf } from '../samples.ts';
import { PLAIN_PART } from '../workbench.ts';
import { answerChecks } from './answers.ts';
import { addressChecks, keepsRunningCheck, oddBodyChecks } from './behavior.ts';
import { bodyChecks } from './bodies.ts';
import { burstCheck, deliveryChecks } from './deliveries.ts';
import { envelopeChecks, typeCheck } from './events.ts';
import { interceptorChecks, type Trigger } from './interceptors.ts';
import { orderChecks, type ReadFlows } from './order.ts';
import { rejectionChecks } from './rejections.ts';
import { accepts, messageOf } from './row.ts';
import { clockChecks, signatureChecks } from './signatures.ts';

/** The contents of a battery: event types for a handler, trigger points for an interceptor. */
export interface BatteryContents {
  readonly events: readonly NamedBuilder[];
  readonly triggers: readonly NamedBuilder<TriggerPoint>[];
  /** Reads events as they follow each other; those with types that are not among `events` are left out. */
  readonly readFlows: () => Promise<readonly (readonly NamedBuilder[])[]>;
  /** Loads what builds the probes: only a handler that fails needs it. */
  readonly loadPlanned: () => Promise<typeof import('../probes/planned.ts')>;
}

/** An interceptor's battery if `triggers` has entries, otherwise a handler's. One of the lists must have some. */
export function batteryOf(
  { events, triggers, readFlows, loadPlanned }: BatteryContents,
  options: BatteryOptions,
): Battery {
  const [trigger, ...others] = triggers;
  if (trigger) return interceptorBattery([trigger, ...others], loadPlanned, options);
  const names = new Set(events.map(({ name }) => name));
  const readKnown = async () => {
    const known = (await readFlows()).filter((flow) => flow.every(({ name }) => names.has(name)));
    return known.map(samplesOf);
  };
  const samples = samplesOf(events) as [Sample, ...Sample[]];
  return webhookBattery(samples, { readFlows: readKnown, loadPlanned }, options);
}

/** The checks to run against a handler, and the probes that explain failures. */
export interface Battery extends Pick<CheckPlan, 'first' | 'plain' | 'checks' | 'loadProbes' | 'isAccepted'> {
  /** Converts a signed message to the form that is sent. */
  finish(message: Message): Message;
}

/** Settings of a battery. */
export interface BatteryOptions {
  /** Response limit in milliseconds. */
  readonly timeout: number;
  /** The secret that the handler should use. */
  readonly secret: Secret;
  /** Whether the app is started for the run. */
  readonly isStarted: boolean;
  /** Secrets that the handler may use by mistake. */
  readonly others: readonly OtherSecret[];
  /** Undefined if nothing observes the state of the app. */
  readonly effects?: Effects | undefined;
  /** Undefined if no events are generated. */
  readonly fuzz?: FuzzOptions | undefined;
  /** Whether the events are all that are documented. */
  readonly hasAllTypes?: boolean;
}

/** The checks of a webhook handler, in the order of the run. */
function webhookBattery(
  samples: readonly [Sample, ...Sample[]],
  { readFlows, loadPlanned }: Pick<BatteryContents, 'loadPlanned'> & { readonly readFlows: ReadFlows },
  { timeout, secret, others, isStarted, effects, fuzz, hasAllTypes = false }: BatteryOptions,
): Battery {
  const base = baseOf(samples);
  const first = plainCheck(base, 'an event');
  return {
    first,
    plain: (bench) => messageOf(base, bench),
    checks: [
      first,
      ...samples.map(typeCheck),
      ...envelopeChecks(base, samples),
      ...bodyChecks(base),
      ...signatureChecks(base),
      ...clockChecks(base),
      ...deliveryChecks(base),
      ...orderChecks(samples, readFlows),
      ...rejectionChecks(base),
      ...oddBodyChecks(base),
      ...addressChecks(),
      burstCheck(base),
      ...answerChecks(Math.min(WEBHOOK_TIMEOUT, timeout), { isStarted }),
      ...(effects ? effectChecks(samples, effects, { isStarted }) : []),
      ...(fuzz ? [fuzzCheck(samples, fuzz, hasAllTypes)] : []),
      ...(isStarted ? [keepsRunningCheck()] : []),
    ],
    loadProbes: async () => (await loadPlanned()).webhookProbes(samples, secret, others),
    isAccepted: ({ outcome }) => isWithin(outcome, 200, 299),
    finish: (message) => message,
  };
}

function interceptorBattery(
  triggers: readonly [Trigger, ...Trigger[]],
  loadPlanned: BatteryContents['loadPlanned'],
  { timeout, secret, others, isStarted }: BatteryOptions,
): Battery {
  const [trigger] = triggers;
  const base: Sample = { type: trigger.name, isOptional: false, build: trigger.build };
  const first: Check = { ...plainCheck(base, `a ${trigger.name} request`), group: 'interceptor' };
  const answers = answerChecks(Math.min(INTERCEPTOR_TIMEOUT, timeout), { isStarted });
  return {
    first,
    plain: (bench) => messageOf(base, bench),
    checks: [
      first,
      ...triggers.flatMap(interceptorChecks),
      ...answers.filter(({ name }) => name !== 'documented-status'),
      ...(isStarted ? [keepsRunningCheck()] : []),
    ],
    loadProbes: async () => (await loadPlanned()).interceptorProbes(base, secret, others),
    isAccepted: ({ outcome }) => readDecision(trigger.name, outcome).decision === 'ALLOW',
    finish: (message) => asInterceptor(message, false),
  };
}

/** The message that all other checks build on. */
function plainCheck(base: Sample, subject: string): Check {
  const part = PLAIN_PART;
  return {
    ...accepts,
    part,
    name: 'plain',
    sends: `${subject}, plain and correctly signed`,
    meaning: 'does not accept a plain, correctly signed message',
    why: 'Scalekit sends messages in this form, so a handler that rejects it accepts no event',
    fix: 'see the diagnosis',
    run: accepting(part, (bench) => messageOf(base, bench)),
  };
}
