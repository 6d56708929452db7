import type { EventTemplate } from '../build.ts';

/** An ordered flow of events, as they follow each other when it really happens. */
export interface Scenario {
  readonly name: string;
  readonly description: string | undefined;
  readonly steps: readonly [ScenarioStep, ...ScenarioStep[]];
}

export interface ScenarioStep {
  readonly template: EventTemplate;
  /** How long to wait before it, in ms. */
  readonly afterMs: number;
  /** The statuses that it expects: each is a number, or `2xx` for all from 200 to 299. */
  readonly expects: readonly string[];
}

/** Whether a text is a status such as `201`, or a class of them such as `2xx`. */
export function isStatusPattern(text: string): boolean {
  return /^[1-5](?:xx|\d\d)$/.test(text);
}

/** Whether a status is one of those that a step expects. */
export function meets(status: number, expects: readonly string[]): boolean {
  return expects.some((pattern) => pattern === String(status) || pattern === `${Math.floor(status / 100)}xx`);
}
