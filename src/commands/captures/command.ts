import { type Command, Option } from 'commander';
import { flags, oneOf, single } from '../../cli/flags.ts';
import { parseCount } from '../../cli/values.ts';
import {
  type CapturesFlags,
  type FilterFlags,
  findCapturesFolder,
  parseMoment,
  readFilter,
} from '../../config/captures.ts';
import { HooksError } from '../../errors.ts';
import { nearestNames } from '../../names.ts';
import { refusalReasons } from '../../report/words/verdicts.ts';
import type { RunWith } from '../context.ts';

interface ListFlags extends CapturesFlags, FilterFlags {
  readonly verdict?: string;
  readonly limit?: string;
}

interface SaveFlags extends CapturesFlags {
  readonly scrub?: boolean;
  readonly force?: boolean;
}

interface ClearFlags extends CapturesFlags {
  readonly before?: string;
  readonly yes?: boolean;
}

/** What the subcommands do, loaded when one is called. */
const actions = () => import('./run.ts');

export function register(command: Command, run: RunWith): void {
  command.addHelpText('after', help);
  registerList(command, run);
  command
    .command('show')
    .description('show one: verdict, what apps did with it, headers, body')
    .argument('<id>', idWords)
    .addOption(new Option('--raw', 'print the bytes of its body, and nothing else'))
    .addOption(flags.captures())
    .action((id: string, given: CapturesFlags & { raw?: boolean }) =>
      run(async (context) => {
        const { show } = await actions();
        return show(
          { id, folder: findCapturesFolder(context.io, given), isRaw: given.raw ?? false },
          context,
        );
      }),
    );
  command
    .command('save')
    .description('make an event file of one: the event only, no headers')
    .argument('<id>', idWords)
    .argument('<file>', 'the file to write')
    .addOption(
      new Option('--scrub', 'replace e-mail addresses, names, phone numbers, IP addresses and secrets'),
    )
    .addOption(new Option('--force', 'replace the file if it is there'))
    .addOption(flags.captures())
    .action((id: string, file: string, given: SaveFlags) =>
      run(async (context) => {
        const { save } = await actions();
        const how = { isScrubbed: given.scrub ?? false, isForced: given.force ?? false };
        return save({ id, file, folder: findCapturesFolder(context.io, given), ...how }, context);
      }),
    );
  command
    .command('clear')
    .description('remove captures; without --yes it only says what it would remove')
    .addOption(single('--before <time>', 'only those from before: 7d ago, or a date (default: all)'))
    .addOption(new Option('--yes', 'do it'))
    .addOption(flags.captures())
    .action((given: ClearFlags) =>
      run(async (context) => {
        const { clear } = await actions();
        const now = context.io.now();
        const before = given.before === undefined ? now : parseMoment('--before', given.before, now);
        return clear(
          { folder: findCapturesFolder(context.io, given), before, isMeant: given.yes ?? false },
          context,
        );
      }),
    );
}

function registerList(command: Command, run: RunWith): void {
  command
    .command('list', { isDefault: true })
    .description('list them, newest first')
    .usage('[options]')
    .argument('[word]')
    .addOption(flags.filterType())
    .addOption(flags.since())
    .addOption(
      oneOf('--verdict <verdict>', "verified, refused, or a refusal's code", [
        'verified',
        'refused',
        ...refusalReasons,
      ]),
    )
    .addOption(single('--limit <n>', 'at most so many (default: 20)'))
    .addOption(flags.captures())
    .action((word: string | undefined, given: ListFlags) =>
      run(async (context) => {
        if (word !== undefined) throw noSuchAction(word);
        const { list } = await actions();
        return list(
          {
            folder: findCapturesFolder(context.io, given),
            filter: readFilter(given, context.io.now()),
            verdict: given.verdict,
            limit: given.limit === undefined ? 20 : parseCount('--limit', given.limit, 100_000_000),
          },
          context,
        );
      }),
    );
}

/** What is no subcommand comes to the list, which takes no arguments. */
function noSuchAction(word: string): HooksError {
  const known = ['list', 'show', 'save', 'clear'];
  const isId = /^(cap|evt|msg)_|^last/.test(word);
  return new HooksError('no_such_action', {
    word,
    isId,
    known,
    nearest: isId ? ['show'] : nearestNames(word, known),
  });
}

const idWords =
  'a cap_ id, an event or webhook id (its newest capture), the beginning of one, last, or last:3 for the third newest';

const help = `
Without a subcommand it lists: captures --type 'user.*' is captures list --type 'user.*'. Each has a --help of its own.

  $ scalekit-hooks captures --type 'user.*' --since 1h
  $ scalekit-hooks captures show last
  $ scalekit-hooks captures save last user.created.json --scrub
  $ scalekit-hooks captures clear --before 7d --yes`;
