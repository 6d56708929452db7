import type { OutputFlags } from './cli/flag-sets.ts';
import type { Work } from './commands/context.ts';
import { HooksError, type Sentences } from './errors.ts';
import type { Io } from './io.ts';
import { openReport, type Report } from './report/index.ts';
import { whyUnwritable } from './system-errors.ts';

/** Runs a command's work, reports any error, and returns the exit code. */
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

/** Reports an error, with its stack if --debug is set, and returns the exit code. */
export function reportError(error: unknown, report: Report): number {
  const known = error instanceof HooksError ? error : systemFailure(error);
  const reported = known ?? internalError(error);
  report.print({ kind: 'error', code: reported.code, ...reported.sentences });
  report.trace(error);
  return known?.exitCode ?? 4;
}

/** Flushes stdout and returns the exit code; if writing failed, reports that and returns its exit code instead. */
export async function settle(exitCode: number, io: Io, flags: OutputFlags): Promise<number> {
  // Gathered output is otherwise written in the next turn of the event loop.
  await io.stdout.flush(0);
  const { failure } = io.stdout;
  if (!failure) return exitCode;
  const report = await openReport(io, { ...flags, json: false });
  return reportError(new HooksError('unwritable_output', { reason: whyUnwritable(failure) }), report);
}

/** A failed system call, such as an unreadable disk or too many open files, is no bug of this program. */
function systemFailure(error: unknown): HooksError | undefined {
  if (!(error instanceof Error) || !('syscall' in error)) return undefined;
  const { syscall, path } = error as NodeJS.ErrnoException;
  if (syscall === 'uv_cwd') return new HooksError('no_working_directory', undefined);
  return new HooksError('system_failure', { syscall: String(syscall), path, reason: error.message });
}

function internalError(error: unknown): { readonly code: string; readonly sentences: Sentences } {
  const cause = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return {
    code: 'bug',
    sentences: {
      message: `unexpected internal error: ${cause}`,
      detail: 'this is a bug in scalekit-hooks. The command may be only partly done',
      fix: 'rerun the command with --debug and report the output',
    },
  };
}
