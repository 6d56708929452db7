import { type Command, Option } from 'commander';
import { flags, repeatable, single, suggesting } from '../../cli/flags.ts';
import { triggerPoints } from '../../events/catalog/trigger-points.ts';
import type { RunWith } from '../context.ts';
import type { CheckFlags } from './options.ts';
import { reportFormats } from './reports.ts';

export function register(command: Command, run: RunWith): void {
  command
    .argument('[url]', 'the handler, as with --to: a port, :port/path, host/path or URL')
    .addOption(flags.to())
    .addOption(flags.secret())
    .addOption(single('--start <command>', 'start the app with this command, and stop it afterwards'))
    .addOption(single('--wait <duration>', 'how long it may take until it listens (default: 30s)'))
    .addOption(repeatable('--only <check>', 'only checks of this name, group or pattern; repeatable'))
    .addOption(repeatable('--skip <check>', 'no checks of this name, group or pattern; repeatable'))
    .addOption(new Option('--list', 'list the checks, send nothing'))
    .addOption(
      repeatable('--type <pattern>', "event types that the handler is for, such as 'user.*'; repeatable"),
    )
    .addOption(
      suggesting(
        repeatable('--interceptor <point>', 'check an interceptor at a trigger point; repeatable'),
        triggerPoints,
      ),
    )
    .addOption(new Option('--strict', 'warnings fail, too'))
    .addOption(new Option('--bail', 'end with the first failure'))
    .addOption(
      suggesting(
        repeatable('--report <format:path>', 'write a report: junit:PATH or markdown:PATH; repeatable'),
        reportFormats.map((format) => `${format}:`),
      ),
    )
    .addOption(flags.header())
    .addOption(flags.timeout())
    .addOption(flags.allowHost())
    .addOption(flags.insecure())
    .addOption(flags.force())
    .addOption(flags.fixtures())
    .addHelpText('after', help)
    .action((url: string | undefined, given: CheckFlags) =>
      run(async (context) => {
        const [{ readCheckOptions }, { check, list }] = await Promise.all([
          import('./options.ts'),
          import('./run.ts'),
        ]);
        const options = await readCheckOptions(url, given, context);
        return given.list ? list(options.checks, context) : check(options, context);
      }),
    );
}

const help = `
Sends the handler what it must take and what it must refuse, and says what is wrong, why it matters and how to mend it. A
refusal counts only when the same message without the fault is taken in the same run. Every message has new ids: a handler
that stores events stores these, so check against a test database.
Exit code 0 when every check passed, 1 when one failed (with --strict, or warned), 3 when the handler did not answer.
With --start the app has SCALEKIT_WEBHOOK_SECRET in its environment, made for the run when none is set.
Under GITHUB_ACTIONS failures become annotations, and the step gets a summary.

  $ scalekit-hooks check localhost:3000/webhook
  $ scalekit-hooks check localhost:3000/webhook --start "npm start"
  $ scalekit-hooks check 3000 --only refuses --skip stale
  $ scalekit-hooks check 3000 --report junit:reports/webhook.xml --strict
  $ scalekit-hooks check localhost:3000/auth/interceptor --interceptor PRE_SIGNUP`;
