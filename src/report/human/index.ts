import { cleanLine } from '../clean.ts';
import type { Checked, Diagnosed, EventTypeListed, Fact, Failed } from '../facts/index.ts';
import { captureRow, cleared, saved, wholeCapture } from './capture.ts';
import { checkRow, pageLines } from './check.ts';
import { advice, delivered, forwarded, messageText } from './delivery.ts';
import { intercepted } from './interceptor.ts';
import type { HumanOptions, Paint } from './layout.ts';
import { ready, received } from './reception.ts';
import { summary } from './summary.ts';
import { explainedLater, verdict } from './verdict.ts';

/** What a Fact becomes: results for stdout, and what is said along the way for stderr. Lines without line feeds. */
export interface Lines {
  readonly results: readonly string[];
  readonly talk: readonly string[];
  /** Whether what was asked for is the exact text, a secret or a message: then nothing in it is masked. */
  readonly isExact?: boolean;
}

/** Words for people: one function from a Fact to its lines. It remembers which advice it has given. */
export function humanReporter(options: HumanOptions): (fact: Fact) => Lines {
  const given = new Set<string>();
  const page: { checks: Checked[]; diagnoses: Diagnosed[] } = { checks: [], diagnoses: [] };
  let before: Fact | undefined;
  return (fact) => {
    const previous = before;
    before = fact;
    if (fact.kind === 'summary' && fact.command === 'check') return results(pageLines(page, fact, options));
    if (options.isQuiet && (isGoodNews(fact) || (fact.kind === 'summary' && fact.ok))) return nothing;
    switch (fact.kind) {
      case 'ready':
        return talk(ready(fact, options.talk));
      case 'delivered':
        return { results: delivered(fact, options), talk: advice(fact, options.talk, given) };
      case 'forwarded':
        return { results: forwarded(fact, options), talk: advice(fact, options.talk, given) };
      case 'capture':
        return results([captureRow(fact, options.out)]);
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
        return { results: intercepted(fact, options), talk: advice(fact, options.talk, given) };
      case 'explained':
        return results(explainedLater(fact, previous, options.out));
      case 'verdict':
        return results(verdict(fact, options.out));
      case 'check_listed':
        return results([checkRow(fact, options.out)]);
      // A page of them is laid out when the summary comes.
      case 'check':
        page.checks.push(fact);
        return nothing;
      case 'diagnosis':
        page.diagnoses.push(fact);
        return nothing;
      case 'event_type':
        return results([eventType(fact, options.out)]);
      case 'secret':
        return { ...results([fact.secret]), isExact: true };
      case 'summary':
        return talk(summary(fact, options.talk));
      case 'error':
        return talk(failed(fact, options.talk));
    }
  };
}

/** Whether a fact is what --quiet leaves out: a delivery, message or check that came out as it should. */
export function isGoodNews(fact: Fact): boolean {
  const isDelivery = fact.kind === 'delivered' || fact.kind === 'forwarded' || fact.kind === 'intercepted';
  const isVerdict = fact.kind === 'received' || fact.kind === 'verdict';
  const isCheck = fact.kind === 'check';
  return (isDelivery && fact.ok) || (isVerdict && fact.verified) || (isCheck && fact.status === 'pass');
}

const nothing: Lines = { results: [], talk: [] };
const results = (lines: string[]): Lines => ({ results: lines, talk: [] });
const talk = (lines: string[]): Lines => ({ results: [], talk: lines });

function eventType(fact: EventTypeListed, paint: Paint): string {
  return `${paint.name(cleanLine(fact.event_type).padEnd(46))}${cleanLine(fact.category).padEnd(25)}${paint.faint(cleanLine(fact.source))}`;
}

function failed({ message: what, detail: why, fix: advice, code }: Failed, paint: Paint): string[] {
  return [
    `${paint.bad('error')}: ${cleanLine(what)} ${paint.faint(`[${code}]`)}`,
    `  ${paint.warn('why')}: ${cleanLine(why)}`,
    `  ${paint.warn('try')}: ${cleanLine(advice)}`,
  ];
}
