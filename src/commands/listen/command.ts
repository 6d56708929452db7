import { type Command, Option } from 'commander';
import { flags, repeatable, single } from '../../cli/flags.ts';
import type { RunWith } from '../context.ts';
import type { ListenFlags } from './options.ts';

export function register(command: Command, run: RunWith): void {
  command
    .addOption(single('--port <port>', 'port to listen on; 0 takes any free one (default: 3000)'))
    .addOption(
      single('--host <address>', 'address to listen on; 0.0.0.0 lets other machines in (default: 127.0.0.1)'),
    )
    .addOption(single('--path <path>', 'the only path to answer (default: any)'))
    .addOption(flags.secret())
    .addOption(flags.type())
    .addOption(
      repeatable(
        '--expect <type=n>',
        'wait for n deliveries of a type or pattern (==n: exactly), then end; repeatable',
      ),
    )
    .addOption(single('--within <duration>', 'how long to wait for them (default: 30s)'))
    .addOption(single('--status <list>', 'answer verified messages with these in turn, such as 500,500,201'))
    .addOption(single('--delay <duration>', 'wait before each answer, such as 11s'))
    .addOption(new Option('--accept-unverified', 'take what does not verify too, to look at it'))
    .addOption(single('--forward-to <url>', 'hand verified events on to your app: same bytes, same headers'))
    .addOption(
      repeatable(
        '--route <type=url>',
        'hand events of a type or pattern on to a URL of their own; repeatable',
      ),
    )
    .addOption(new Option('--forward-unverified', 'hand on what does not verify, too'))
    .addOption(flags.retry())
    .addOption(flags.retryScale())
    .addOption(flags.retrySchedule())
    .addOption(flags.timeout())
    .addOption(flags.allowHost())
    .addOption(flags.insecure())
    .addOption(flags.captures())
    .addOption(new Option('--no-capture', 'keep nothing on disk'))
    .addOption(new Option('--sync', 'have the disk confirm each capture, for a power loss'))
    .addHelpText('after', help)
    .action((given: ListenFlags) =>
      run(async (context) => {
        const [{ readListenOptions }, { listen }] = await Promise.all([
          import('./options.ts'),
          import('./run.ts'),
        ]);
        return listen(readListenOptions(given, context.io), context);
      }),
    );
}

const help = `
Answers 201 to a message that verifies, and 401 with the reason's code to one that does not.
--type narrows what is printed, never what is verified or kept. --verbose prints each event's data.
What arrives is kept in .scalekit-hooks/captures before it is answered: see captures and replay.
With --forward-to the sender gets your app's answer, or 502 or 504 where there is none.
With --expect it is a test: exit code 0 when what was awaited came, 1 when it did not. =n is met at the n-th event,
==n is judged when the window ends. Deliveries count, a retry as one more; only verified ones, unless --accept-unverified.

  $ scalekit-hooks listen --port 3000
  $ scalekit-hooks listen --port 0 --json
  $ scalekit-hooks listen --path /webhook --type 'user.*' --verbose
  $ scalekit-hooks listen --forward-to localhost:8080/webhook
  $ scalekit-hooks listen --expect 'user.created=1' --within 10s
  $ scalekit-hooks listen --status 500,500,201`;
