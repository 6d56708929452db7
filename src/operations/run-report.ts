import type { Run } from '../checks/run.ts';
import { maskedSecrets } from '../config/secrets.ts';
import { type CheckRunReport, checkReport, type ReportedRun } from '../report/facts/check.ts';
import { commandLine } from '../report/shell.ts';
import type { DeliverySetting } from './delivery-setting.ts';

/** How a run was made. */
export interface RunSetting {
  readonly delivery: Pick<DeliverySetting, 'target' | 'secret' | 'timeout'>;
  readonly isStrict: boolean;
  /** The flags of `check` that make the same run, without those that select checks. */
  readonly again: readonly string[];
  /** Undefined if the app was already running. */
  readonly app?: object | undefined;
}

/** The report of a run, with the command that repeats each check. */
export function runReport(
  run: Run,
  { delivery: { secret, target, timeout }, isStrict, again, app }: RunSetting,
  rest: Pick<ReportedRun, 'started' | 'ended' | 'mask' | 'saved'>,
): CheckRunReport {
  // Never repeats a secret from the command line; `…` is a placeholder for it.
  const before = secret.source === '--secret' ? `${secret.variable}=… ` : '';
  const command = ['npx', 'scalekit-hooks', 'check', target.url.href, ...again];
  return checkReport({
    ...rest,
    run,
    target: target.url,
    timeout,
    secret: { ...secret, masked: maskedSecrets(secret), isGiven: app !== undefined },
    isStrict,
    again: (names) => before + commandLine([...command, ...names.flatMap((name) => ['--only', name])]),
  });
}
