import { type Command, Option } from 'commander';
import type { ReplayMode } from '../delivery/replayed-message.ts';
import { HooksError } from '../errors.ts';
import type { Io } from '../io.ts';
import {
  type CapturesFlags,
  type FilterFlags,
  findCapturesFolder,
  readFilter,
} from '../settings/captures.ts';
import { type DeliveryFlags, readDelivery } from '../settings/delivery.ts';
import { type EditFlags, readEdits } from '../settings/edits.ts';
import { type PaceFlags, readPace } from '../settings/pace.ts';
import type { RunWith } from './context.ts';
import { flags, oneOf, refuseContradictions, single } from './flags.ts';
import type { Pick } from './picking.ts';
import { type ReplayOptions, replay } from './replaying.ts';

interface ReplayFlags extends CapturesFlags, DeliveryFlags, EditFlags, FilterFlags, PaceFlags {
  readonly all?: boolean;
  readonly failed?: boolean;
  readonly from?: string;
  readonly newId?: boolean;
  readonly exact?: boolean;
  readonly capture?: boolean;
  readonly dryRun?: boolean;
  readonly print?: string;
}

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
      run((context) => replay(readOptions(ids, given, context.io), context)),
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

function readOptions(ids: readonly string[], given: ReplayFlags, io: Io): ReplayOptions {
  refuseCombinations(ids, given);
  return {
    folder: findCapturesFolder(io, given),
    pick: readPick(ids, given, io),
    mode: readMode(given),
    edits: readEdits(given),
    delivery: readDelivery(given, io),
    pace: readPace(given),
    keepsOutcomes: given.capture ?? true,
    show: given.print === 'curl' ? 'curl' : given.dryRun ? 'message' : undefined,
  };
}

function readMode({ exact, newId }: ReplayFlags): ReplayMode {
  if (exact) return 'exact';
  return newId ? 'new' : 'resigned';
}

function readPick(ids: readonly string[], given: ReplayFlags, io: Io): Pick {
  if (ids.length > 0) return { kind: 'ids', ids };
  const filter = readFilter(given, io.now());
  if (given.from !== undefined) return { kind: 'file', path: given.from, filter };
  return { kind: given.failed ? 'failed' : 'all', filter };
}

/** Flags that contradict each other: the first two of a row, and why. */
function refuseCombinations(ids: readonly string[], given: ReplayFlags): void {
  const isFiltered = given.type !== undefined || given.since !== undefined;
  if (ids.length === 0 && !isFiltered && !given.failed && !given.all && given.from === undefined) {
    throw new HooksError('nothing_to_replay', {});
  }
  const [named, exact] = [
    'the ids say already which',
    '--exact sends the old bytes: nothing is edited or signed',
  ];
  refuseContradictions([
    [ids.length > 0 && given.type, 'an id', '--type', named],
    [ids.length > 0 && given.since, 'an id', '--since', named],
    [ids.length > 0 && given.failed, 'an id', '--failed', named],
    [ids.length > 0 && given.all, 'an id', '--all', named],
    [ids.length > 0 && given.from, 'an id', '--from', named],
    [given.all && isFiltered, '--all', given.type ? '--type' : '--since', 'all is all'],
    [given.all && given.failed, '--all', '--failed', 'all is all'],
    [given.from && given.failed, '--from', '--failed', 'what failed is known of captures kept here only'],
    [given.exact && given.newId, '--exact', '--new-id', exact],
    [given.exact && given.set, '--exact', '--set', exact],
    [given.exact && given.unset, '--exact', '--unset', exact],
    [given.exact && given.add, '--exact', '--add', exact],
    [given.exact && given.secret, '--exact', '--secret', exact],
  ]);
}
