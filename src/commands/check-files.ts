import { isOnGithub } from '../io.ts';
import { annotations } from '../report/annotations.ts';
import type { CheckReport } from '../report/check-report.ts';
import { junitReport } from '../report/junit.ts';
import { markdownReport } from '../report/markdown.ts';
import { appendToFile, type ReportFile, type ReportFormat, writeReport } from '../settings/report-files.ts';
import type { Context } from './context.ts';

/** Tells a run: as facts, in the files that were asked for, and to GitHub, where that runs it. Throws HooksError. */
export function tellCheck(page: CheckReport, files: readonly ReportFile[], { io, report }: Context): void {
  for (const fact of [...page.checks, ...page.diagnoses, page.summary]) report.tell(fact);
  const text = (format: ReportFormat) => report.mask(formats[format](page));
  for (const file of files) writeReport(file, text(file.format));
  if (!isOnGithub(io)) return;
  for (const line of annotations(page.checks, page.diagnoses)) report.command(line);
  const { GITHUB_STEP_SUMMARY: stepSummary } = io.env;
  if (!stepSummary) return;
  try {
    appendToFile(stepSummary, text('markdown'));
  } catch (error) {
    // It is GitHub's own file: no reason to fail a check that passed.
    report.warn((error as Error).message);
  }
}

const formats: Record<ReportFormat, (page: CheckReport) => string> = {
  junit: junitReport,
  markdown: markdownReport,
};
