import { HooksError } from '../../../errors.ts';
import { buildEvent } from '../../../events/build.ts';
import { describeFault, faultsInAnyEvent } from '../../../events/shapes/schemas.ts';
import { parseJson } from '../../../json.ts';
import type { EventCheck } from '../../compose-protocol.ts';
import { composedTemplate } from './send.ts';

const MAX_DIFFERENCES = 20;

/** What is not as documented in an event that is being edited, as it would be sent. */
export function checkEvent(body: string): EventCheck {
  try {
    const event = parseJson(buildEvent(composedTemplate(body, {}), 0).body);
    const differences: EventCheck['differences'][number][] = [];
    for (const fault of faultsInAnyEvent(event)) {
      differences.push({ path: fault.path.map(asStep), ...describeFault(fault) });
      if (differences.length === MAX_DIFFERENCES) break;
    }
    return { problem: null, differences };
  } catch (error) {
    if (!(error instanceof HooksError)) throw error;
    return { problem: error.message, differences: [] };
  }
}

const asStep = (step: PropertyKey) => (typeof step === 'number' ? step : String(step));
