import { InvalidArgumentError, Option } from 'commander';
import { schedules } from '../delivery/schedules.ts';
import { HooksError } from '../errors.ts';

/**
 * Every flag that more than one command has, declared once. Those that take one value refuse a second: a repeated
 * flag whose last value silently wins has cost users of other tools hours.
 */
export const flags = {
  to: () =>
    single(
      '--to <url>',
      'target: a port, :port/path, host/path or URL (else SCALEKIT_HOOKS_TO, else http://localhost:3000/webhook)',
    ),
  secret: () =>
    repeatable(
      '--secret <secret>',
      'signing secret, repeatable for rotation; the environment or .env hide it better',
    ),
  header: () => repeatable('-H, --header <name: value>', 'add a header; repeatable'),
  timeout: () =>
    single('--timeout <duration>', 'for one delivery, such as 500ms, 10s or 1m (default: 10s, as Scalekit)'),
  allowHost: () =>
    repeatable(
      '--allow-host <host>',
      'allow a target outside this machine and network; repeatable (or SCALEKIT_HOOKS_ALLOW_HOSTS)',
    ),
  insecure: () => new Option('--insecure', 'accept any certificate of a local target'),
  force: () => new Option('--force', 'let -H replace the signature headers'),
  fixtures: () =>
    single(
      '--fixtures <folder>',
      'a folder of event files that add or replace types (or SCALEKIT_HOOKS_FIXTURES)',
    ),
  type: () => repeatable('--type <pattern>', "event types to print, such as 'user.*'; repeatable"),
  captures: () =>
    single('--captures <folder>', 'where captures are kept (default: .scalekit-hooks/captures)'),
  filterType: () => repeatable('--type <pattern>', "only event types such as 'user.*'; repeatable"),
  since: () =>
    single('--since <time>', 'only what came since: 1h ago, or a date such as 2026-11-22T12:00:00Z'),
  set: () => repeatable('--set <path=value>', 'change a field: path=text, or path:=json; repeatable'),
  unset: () => repeatable('--unset <path>', 'take a field away; repeatable'),
  add: () => repeatable('--add <path=value>', 'make a new field; repeatable'),
  retry: () => new Option('--retry', 'try again when it fails, at once, 5 s, 30 s, 2 min, 5 min, 15 min'),
  retryScale: () => single('--retry-scale <factor>', 'multiply those waits: 0.001 makes 5 s to 5 ms'),
  retrySchedule: () =>
    suggesting(
      single('--retry-schedule <name>', 'the waits, as the documents differ'),
      Object.keys(schedules),
    ),
  concurrency: () => single('--concurrency <n>', 'how many at a time (default: 1)'),
  rate: () => single('--rate <n>', 'how many a second at most'),
};

/** A flag with one value. */
export function single(definition: string, description: string): Option {
  const option = new Option(definition, description);
  return option.argParser((value: string, previous: string | undefined) => {
    refuseFlag(option, value);
    if (previous !== undefined && previous !== value) {
      throw new HooksError('repeated_flag', { flag: option.long!, first: previous, second: value });
    }
    return value;
  });
}

/** A flag that may be given several times, each with one value. */
export function repeatable(definition: string, description: string): Option {
  const option = new Option(definition, description);
  return option.argParser((value: string, previous: string[] = []) => {
    refuseFlag(option, value);
    return [...previous, value];
  });
}

/** A flag whose value was forgotten would take the next flag for it, and do without that. */
function refuseFlag({ flags }: Option, value: string): void {
  if (!/^--|^-[a-zA-Z]$/.test(value)) return;
  const [name = flags] = flags.split(/[ ,]+/).filter((part) => part.startsWith('--'));
  throw new HooksError('usage', {
    what: `${name} needs a value, and ${value} is a flag`,
    command: undefined,
  });
}

/** A flag whose value is one of a few words. */
export function oneOf(definition: string, description: string, words: readonly string[]): Option {
  const option = suggesting(single(definition, description), words);
  const parse = option.parseArg!;
  return option.argParser((value: string, previous: unknown) => {
    if (!words.includes(value)) throw new InvalidArgumentError(`It is one of ${words.join(', ')}.`);
    return parse(value, previous as never);
  });
}

/** Names what a value can be, for the help and for completion. */
export function suggesting(option: Option, words: readonly string[]): Option {
  option.argChoices = [...words];
  return option;
}

/** Two flags that do not go together, and why; the first member says whether both are given. */
export type Contradiction = readonly [isGiven: unknown, first: string, second: string, why: string];

/** Throws HooksError for the first contradiction that is there. */
export function refuseContradictions(contradictions: readonly Contradiction[]): void {
  const found = contradictions.find(([isGiven]) => isGiven);
  if (!found) return;
  const [, first, second, why] = found;
  throw new HooksError('conflicting_flags', { first, second, why, example: `leave ${second} out` });
}
