import type { Checked, Counterexampled, Diagnosed, Summary } from '../facts/index.ts';
import { duration } from '../words/verdicts.ts';

type Style = (text: string) => string;

/** Text styles by meaning. */
export interface Paint {
  good: Style;
  bad: Style;
  warn: Style;
  strong: Style;
  faint: Style;
  name: Style;
}

const none: Style = (text) => text;
/** Without color. */
export const plain: Paint = { good: none, bad: none, warn: none, strong: none, faint: none, name: none };

/** Options of the reporter for people. */
export interface HumanOptions {
  readonly out: Paint;
  readonly talk: Paint;
  readonly isVerbose: boolean;
  readonly isQuiet: boolean;
  /** Indents a body; loaded only when bodies are shown. */
  indent?: ((body: string, part: 'data' | 'all') => string | undefined) | undefined;
  /** Shows a run of checks; loaded only for one. */
  page?: (facts: PageFacts, summary: Summary, options: HumanOptions) => string[];
}

/** The facts of a run of checks, collected before they are printed. */
export interface PageFacts {
  readonly checks: readonly Checked[];
  readonly counterexamples: readonly Counterexampled[];
  readonly diagnoses: readonly Diagnosed[];
}

/** Formats a duration. */
export function time(ms: number): string {
  if (ms < 10 && !Number.isInteger(ms)) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : duration(Math.round(ms / 1000));
}

/** The lines of a text, each with the prefix `by`. */
export function indent(text: string, by: string): string[] {
  return text.split('\n').map((line) => by + line);
}
