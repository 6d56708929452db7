import { randomUUID } from 'node:crypto';
import { appendFileSync, lstatSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isOnGithub } from '../../ci.ts';
import type { ReportFile, ReportFormat } from '../../cli/report-file.ts';
import { HooksError } from '../../errors.ts';
import { makeFolder } from '../../private-folder.ts';
import type { CheckRunReport } from '../../report/facts/check.ts';
import { annotations } from '../../report/files/annotations.ts';
import { junitReport } from '../../report/files/junit.ts';
import { markdownReport } from '../../report/files/markdown.ts';
import { whyUnwritable } from '../../system-errors.ts';
import type { Context } from '../context.ts';

/** Reports a run: prints its facts, writes the report files, and annotates it on GitHub Actions. Throws HooksError. */
export async function reportCheck(
  page: CheckRunReport,
  files: readonly ReportFile[],
  context: Context,
): Promise<void> {
  const { report } = context;
  for (const fact of [...page.checks, ...page.counterexamples, ...page.diagnoses, page.summary])
    report.print(fact);
  await writeReports(page, files, context);
  // A report of one check, or of a run that ended early, shows little.
  const isWhole = page.checks.length > 1 && !page.checks.some(({ code }) => code === 'run-ended');
  const isWorthIt = files.length > 0 || isWhole;
  if (!page.summary.ok && isWorthIt) report.hint(whereReportsAre(files));
}

/** The paths of the reports, or how to get one. */
function whereReportsAre(files: readonly ReportFile[]): string {
  if (files.length > 0) return `reports: ${files.map(({ path }) => path).join(', ')}`;
  return 'to see all results in a browser, add --report html:report.html';
}

/** Writes the report files and annotates the run on GitHub Actions. Throws HooksError. */
export async function writeReports(
  page: CheckRunReport,
  files: readonly ReportFile[],
  { io, report }: Context,
): Promise<void> {
  const text = async (format: ReportFormat) => report.mask(await formats[format](page));
  for (const file of files) writeReport(file, await text(file.format));
  if (!isOnGithub(io)) return;
  for (const line of annotations(page.checks, page.diagnoses)) report.printCommand(line);
  const { GITHUB_STEP_SUMMARY: stepSummary } = io.env;
  if (!stepSummary) return;
  try {
    appendToFile(stepSummary, await text('markdown'));
  } catch (error) {
    // A broken summary file on the runner must not fail a check that passed.
    report.warn((error as Error).message);
  }
}

const formats: Record<ReportFormat, (page: CheckRunReport) => string | Promise<string>> = {
  junit: junitReport,
  markdown: markdownReport,
  html: async (page) => (await import('../../report/files/html.ts')).htmlReport(page),
};

/** Creates the report's folder, so that an unwritable path fails before the run. Throws HooksError. */
export function prepareReport({ path }: ReportFile): void {
  orUnwritable(path, () => {
    makeFolder(dirname(path));
    const there = lstatSync(path, { throwIfNoEntry: false });
    if (there?.isDirectory()) throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' });
    // A pipe may have no reader, and a device is no place for a report.
    if (there && !there.isFile() && !there.isSymbolicLink()) throw new Error('it is not a regular file');
  });
}

/**
 * Replaces an earlier report. It is written aside and renamed, so that nobody reads half of it, and a link is replaced
 * rather than what it leads to. Throws HooksError.
 */
function writeReport({ path }: ReportFile, text: string): void {
  orUnwritable(path, () => {
    const aside = `${path}.${randomUUID()}`;
    try {
      writeFileSync(aside, text, { flag: 'wx' });
      renameSync(aside, path);
    } catch (error) {
      rmSync(aside, { force: true });
      throw error;
    }
  });
}

/** Appends, because other steps write to the same file. Throws HooksError. */
function appendToFile(path: string, text: string): void {
  orUnwritable(path, () => appendFileSync(path, text));
}

function orUnwritable(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new HooksError('unwritable_file', { path, reason: whyUnwritable(error), isThere: false });
  }
}
