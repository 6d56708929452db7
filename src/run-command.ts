import type { OutputFlags } from './cli/flag-sets.ts';
import type { Work } from './commands/context.ts';
import { HooksError, type Sentences } from './errors.ts';
import type { Io } from './io.ts';
import { openReport, type Report } from './report/index.ts';

/** Does a command's work, and turns every error into sentences and an exit code. */
export async function runCommand(io: Io, flags: OutputFlags, work: Work): Promise<number> {
  const report = await openReport(io, flags);
  try {
    return await work({ io, report });
  } catch (error) {
    return reportError(error, report);
  } finally {
    report.end();
  }
}

/** Tells an error in sentences, with --debug its stack too, and returns the exit code. */
export function reportError(error: unknown, report: Report): number {
  const isKnown = error instanceof HooksError;
  const told = isKnown ? error : asBug(error);
  report.print({ kind: 'error', code: told.code, ...told.sentences });
  report.trace(error);
  return isKnown ? 2 : 4;
}

/** The exit code of a run whose results could be written; where they could not, that is told. */
export async function settle(exitCode: number, io: Io, flags: OutputFlags): Promise<number> {
  // What was gathered would be written in the next turn of the event loop.
  await io.stdout.flush(0);
  const { failure } = io.stdout;
  if (!failure) return exitCode;
  const report = await openReport(io, { ...flags, json: false });
  return reportError(new HooksError('unwritable_output', { reason: failure.message }), report);
}

function asBug(error: unknown): { readonly code: string; readonly sentences: Sentences } {
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return {
    code: 'bug',
    sentences: {
      message: `this is a bug of scalekit-hooks (${what})`,
      detail: 'something happened that it should have foreseen; what you asked for may be half done',
      fix: 'run it again with --debug, and report what it prints',
    },
  };
}
