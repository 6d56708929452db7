import { HooksError } from '../errors.ts';

/** The formats of `--report`. */
export const reportFormats = ['junit', 'markdown', 'html'] as const;
export type ReportFormat = (typeof reportFormats)[number];

/** A report to write after the run. */
export interface ReportFile {
  readonly format: ReportFormat;
  readonly path: string;
}

/** Parses `junit:path`. */
export function parseReport(flag: string, text: string): ReportFile {
  const at = text.indexOf(':');
  const format = reportFormats.find((name) => name === text.slice(0, at));
  const path = text.slice(at + 1);
  if (format && path.trim() !== '') return { format, path };
  throw new HooksError('invalid_value', {
    flag,
    value: text,
    expected: `a format (${reportFormats.slice(0, -1).join(', ')} or ${reportFormats.at(-1)}), a colon and a path`,
    example: `${flag} junit:reports/webhook.xml`,
  });
}
