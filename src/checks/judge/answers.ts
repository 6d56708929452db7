import { answerTextOf, contentOf } from '../../delivery/answers/text.ts';
import { headerValues, ID_HEADER } from '../../message.ts';
import type { CheckResult } from '../check.ts';
import type { ProbeCode, ProbeResult } from '../probes/probe.ts';
import type { Exchange } from '../workbench.ts';

/**
 * Whether the responses to messages of one kind are those to another kind. Responses often contain what is new each time:
 * the id of the request, a nonce, the signature that was expected. So only statuses and words that every response to one
 * kind has, and none to the other, make a difference. A kind with one response has no words of this sort.
 */
export function areSameResponses(ones: readonly Exchange[], others: readonly Exchange[]): boolean {
  const statuses = new Set(others.map(statusText));
  if (!ones.some((one) => statuses.has(statusText(one)))) return false;
  return !hasDistinctWord(ones, others) && !hasDistinctWord(others, ones);
}

/** The responses to the plain message: the first, and those when it was sent again. */
export function plainExchanges(probes: readonly ProbeResult[], first: Exchange): Exchange[] {
  return [first, ...exchangesOf(probes, 'inconsistent')];
}

export function exchangesOf(probes: readonly ProbeResult[], code: ProbeCode): Exchange[] {
  return probes.filter(({ probe }) => probe.code === code).map(({ exchange }) => exchange);
}

/** The responses of the battery to forged messages. */
export function forgedExchanges(results: readonly CheckResult[]): Exchange[] {
  const isForged = ({ check }: CheckResult) =>
    check.name === 'wrong-secret' || check.name === 'tampered-body';
  return results.filter(isForged).flatMap(({ exchanges }) => exchanges.slice(0, 1));
}

/** Whether forged messages, and those without signature headers, get the response of the plain one. */
export function controlsAnswerAlike(probes: readonly ProbeResult[], first: Exchange): boolean {
  const plain = plainExchanges(probes, first);
  return (['forged', 'without-headers'] as const).every((code) => {
    const exchanges = exchangesOf(probes, code);
    return exchanges.length === 0 || areSameResponses(exchanges, plain);
  });
}

/** Whether a word is in all responses of one kind, and in none of the other. */
function hasDistinctWord(ones: readonly Exchange[], others: readonly Exchange[]): boolean {
  if (ones.length < 2) return false;
  const [first, ...rest] = ones.map(wordsOf);
  const absent = others.map(wordsOf);
  return [...first!].some(
    (word) => rest.every((words) => words.has(word)) && !absent.some((words) => words.has(word)),
  );
}

/** Shorter runs of letters occur in random ids by chance. */
const wordPattern = /\p{L}{3,}/gu;

function wordsOf(exchange: Exchange): ReadonlySet<string> {
  return new Set(exchange.outcome.answered ? answerOf(exchange).match(wordPattern) : []);
}

function statusText({ outcome }: Exchange): string {
  return outcome.answered ? String(outcome.status) : outcome.failure;
}

/** A response with ids, times and signatures masked. */
export function answerOf({ outcome, message }: Exchange): string {
  if (!outcome.answered) return outcome.failure;
  const id = headerValues(message.headers, ID_HEADER)[0];
  const text = answerTextOf(outcome, message);
  const masked = (id === undefined ? text : text.replaceAll(id, 'id'))
    .replace(/\b(?:evt|msg|req)_\w+|[0-9a-f]{8}-[0-9a-f-]{27}|[A-Za-z0-9+/_-]{43}=?|[0-9a-f]{32,}/g, 'id')
    .replace(/\d+/g, '0');
  return `${outcome.status} ${masked}`;
}

/** The response body as text; empty if there is no response. */
export function answerText({ outcome }: Exchange): string {
  return outcome.answered ? contentOf(outcome).toString() : '';
}
