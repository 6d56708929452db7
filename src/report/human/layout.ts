import { duration } from '../words/verdicts.ts';

type Style = (text: string) => string;

/** Styles by meaning. */
export interface Paint {
  good: Style;
  bad: Style;
  warn: Style;
  strong: Style;
  faint: Style;
  name: Style;
}

const none: Style = (text) => text;
export const plain: Paint = { good: none, bad: none, warn: none, strong: none, faint: none, name: none };

/** How a command speaks to people. */
export interface HumanOptions {
  readonly out: Paint;
  readonly talk: Paint;
  readonly isVerbose: boolean;
  readonly isQuiet: boolean;
  /** Lays a body out for reading; loaded only when bodies are shown. */
  indent?: ((body: string, part: 'data' | 'all') => string | undefined) | undefined;
}

/** A time that something took. */
export function time(milliseconds: number): string {
  if (milliseconds < 10 && !Number.isInteger(milliseconds)) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  return milliseconds < 60_000
    ? `${(milliseconds / 1000).toFixed(1)} s`
    : duration(Math.round(milliseconds / 1000));
}

/** The lines of a text, moved in. */
export function indent(text: string, by: string): string[] {
  return text.split('\n').map((line) => by + line);
}
