import { isCiSet } from '../../ci.ts';
import type { OutputFlags } from '../../cli/flag-sets.ts';
import type { Io } from '../../io.ts';
import { type Paint, plain } from '../human/layout.ts';
import type { Spinner } from './spinner.ts';

/** The colors of a stream; `plain` where it must not be colored. */
export async function choosePaint(io: Io, stream: 'stdout' | 'stderr', flags: OutputFlags): Promise<Paint> {
  return !flags.json && hasColor(io, stream, flags.color) ? (await import('./paint.ts')).colors() : plain;
}

function hasColor(io: Io, stream: 'stdout' | 'stderr', flag: OutputFlags['color']): boolean {
  const { env } = io;
  if (flag === 'always' || flag === 'never') return flag === 'always';
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  if (env.NO_COLOR || env.TERM === 'dumb' || isCiSet(env)) return false;
  return io[stream].isTerminal;
}

/** Undefined where stderr is not a terminal that can show a spinner. */
export async function chooseSpinner(io: Io, isColored: boolean): Promise<Spinner | undefined> {
  const { NO_COLOR, TERM } = io.env;
  if (isCiSet(io.env) || NO_COLOR || TERM === 'dumb' || !io.stderr.isTerminal) return undefined;
  const stream = io.stderr.stream();
  // With a width of 0 columns, ora would clear lines forever.
  if (stream.columns === 0) return undefined;
  const { spinner } = await import('./spinner.ts');
  return spinner(stream, isColored);
}
