import { type Command, Option } from 'commander';
import { flags, oneOf, single } from '../../cli/flags.ts';
import type { RunWith } from '../context.ts';
import type { ReplayFlags } from './options.ts';

export function register(command: Command, run: RunWith): void {
  command
    .argument(
      '[ids...]',
      'cap_ ids, event or webhook ids, beginnings of one, last, or last:3 for the third newest',
    )
    .addOption(flags.filterType())
    .addOption(flags.since())
    .addOption(new Option('--failed', 'what the app did not take the last time, or never answered'))
    .addOption(new Option('--all', 'all of them'))
    .addOption(single('--from <file>', 'captures of a file, or - for stdin, in place of those kept here'))
    .addOption(new Option('--new-id', 'as new events: another webhook-id and event id'))
    .addOption(
      new Option('--exact', 'the old bytes and headers: a right handler refuses them after 5 minutes'),
    )
    .addOption(flags.to())
    .addOption(flags.secret())
    .addOption(flags.set())
    .addOption(flags.unset())
    .addOption(flags.add())
    .addOption(flags.header())
    .addOption(flags.retry())
    .addOption(flags.retryScale())
    .addOption(flags.retrySchedule())
    .addOption(flags.concurrency())
    .addOption(flags.rate())
    .addOption(flags.timeout())
    .addOption(flags.allowHost())
    .addOption(flags.insecure())
    .addOption(new Option('--dry-run', 'print the messages, send nothing'))
    .addOption(oneOf('--print <form>', 'print them as curl lines, send nothing', ['curl']))
    .addOption(flags.captures())
    .addOption(new Option('--no-capture', 'do not keep what the app did with them'))
    .addOption(flags.force())
    .addHelpText('after', help)
    .action((ids: string[], given: ReplayFlags) =>
      run(async (context) => {
        const [{ readReplayOptions }, { replay }] = await Promise.all([
          import('./options.ts'),
          import('./run.ts'),
        ]);
        return replay(readReplayOptions(ids, given, context.io), context);
      }),
    );
}

const help = `
Each message is signed now and has its own webhook-id, as when Scalekit tries again. --new-id makes new events of them,
--exact sends the old bytes and headers. Edits are made in the body as it came, and signed.
They go in the order in which they came, one at a time unless --concurrency says otherwise.
--type, --since, --failed and --all leave out what was refused when it came; name such a one by its id.

  $ scalekit-hooks replay last
  $ scalekit-hooks replay --failed --to localhost:8080/webhook
  $ scalekit-hooks replay --type 'user.*' --since 1h
  $ scalekit-hooks replay last --set data.email=x@example.com --new-id
  $ scalekit-hooks replay --from captures.jsonl --concurrency 10`;
