import { cleanLine } from '../clean.ts';
import type { Checked, Counterexampled, Diagnosed, Fact, Failed } from '../facts/index.ts';
import { captureRow, cleared, exported, notListening, saved, wholeCapture } from './capture.ts';
import { advice, delivered, forwarded, messageText } from './delivery.ts';
import { intercepted } from './interceptor.ts';
import type { HumanOptions, Paint } from './layout.ts';
import { checkRow, eventType, scenario } from './lists.ts';
import { inspecting, ready, received } from './reception.ts';
import { summary } from './summary.ts';
import { explainedLater, verdict } from './verdict.ts';

/** The lines of a fact, without newlines: results for stdout, talk (notes and progress) for stderr. */
export interface Lines {
  readonly results: readonly string[];
  readonly talk: readonly string[];
  /** Whether the user asked for the exact text of a secret or message, so that nothing in it is masked. */
  readonly isExact?: boolean;
}

/** The reporter for people. It prints the same advice only once, and check facts when the summary arrives. */
export function humanReporter(options: HumanOptions): (fact: Fact) => Lines {
  const printed = new Set<string>();
  const [checks, diagnoses, counterexamples]: [Checked[], Diagnosed[], Counterexampled[]] = [[], [], []];
  const page = { checks, diagnoses, counterexamples };
  let before: Fact | undefined;
  return (fact) => {
    const previous = before;
    before = fact;
    if (fact.kind === 'summary' && options.page) return results(options.page(page, fact, options));
    if (options.isQuiet && (isGoodNews(fact) || (fact.kind === 'summary' && fact.ok))) return nothing;
    switch (fact.kind) {
      case 'ready':
        return talk(ready(fact, options));
      case 'inspecting':
        return { ...talk(inspecting(fact, options.talk)), isExact: true };
      case 'delivered':
        return { results: delivered(fact, options), talk: advice(fact, options.talk, printed) };
      case 'forwarded':
        return { results: forwarded(fact, options), talk: advice(fact, options.talk, printed) };
      case 'capture':
        return results([captureRow(fact, options.out)]);
      case 'not_listening':
        return results([notListening(fact, options.out)]);
      case 'capture_whole':
        return results(wholeCapture(fact, options));
      case 'saved':
        return talk(saved(fact));
      case 'cleared':
        return talk(cleared(fact));
      case 'message':
        return { ...results([messageText(fact)]), isExact: true };
      case 'received':
        return results(received(fact, options));
      case 'intercepted':
        return { results: intercepted(fact, options), talk: advice(fact, options.talk, printed) };
      case 'explained':
        return results(explainedLater(fact, previous, options.out));
      case 'verdict':
        return results(verdict(fact, options.out));
      case 'check_listed':
        return results([checkRow(fact, options.out)]);
      // Printed with the summary, by `options.page`.
      case 'check':
        page.checks.push(fact);
        return nothing;
      case 'counterexample':
        page.counterexamples.push(fact);
        return nothing;
      case 'diagnosis':
        page.diagnoses.push(fact);
        return nothing;
      case 'event_type':
        return results(eventType(fact, previous, options.out));
      case 'scenario':
        return results(scenario(fact, options.out));
      case 'exported':
        return talk(exported(fact));
      case 'secret':
        return { ...results([fact.secret]), isExact: true };
      case 'summary':
        return talk(summary(fact, options.talk));
      case 'error':
        return talk(failed(fact, options.talk));
    }
  };
}

/** Whether --quiet omits a fact: a delivery, message or check with the expected result. */
export function isGoodNews(fact: Fact): boolean {
  const isDelivery = fact.kind === 'delivered' || fact.kind === 'forwarded' || fact.kind === 'intercepted';
  const isVerdict = fact.kind === 'received' || fact.kind === 'verdict';
  const isCheck = fact.kind === 'check';
  return (isDelivery && fact.ok) || (isVerdict && fact.verified) || (isCheck && fact.status === 'pass');
}

const nothing: Lines = { results: [], talk: [] };
const results = (lines: string[]): Lines => ({ results: lines, talk: [] });
const talk = (lines: string[]): Lines => ({ results: [], talk: lines });

function failed({ message, detail, fix, code }: Failed, paint: Paint): string[] {
  return [
    `${paint.bad('error')}: ${cleanLine(message)} ${paint.faint(`[${code}]`)}`,
    `  ${cleanLine(detail)}`,
    `  ${paint.warn('fix')}: ${cleanLine(fix)}`,
  ];
}
