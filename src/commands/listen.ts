import { once } from 'node:events';
import { type Command, Option } from 'commander';
import { matchesPattern, nearestNames } from '../events/catalogue.ts';
import { listFixtures } from '../events/fixtures.ts';
import type { Io } from '../io.ts';
import { ExpectationCounter } from '../listener/expectations.ts';
import { admit, type ListenerRules, type Reception, receive } from '../listener/receive.ts';
import { openOrRefuse } from '../listener/refusals.ts';
import type { Listener, Receiver } from '../listener/server.ts';
import { pause } from '../pause.ts';
import { cut } from '../report/clean.ts';
import type { Report } from '../report/index.ts';
import { ReceptionTally, receivedFact } from '../report/reception-fact.ts';
import { type DoubleFlags, type DoubleSetting, readDouble } from '../settings/double.ts';
import { findFixturesFolder } from '../settings/environment.ts';
import { findSecrets, maskedSecrets, type SecretSetting } from '../settings/secrets.ts';
import { parseHost, parsePath, parsePort } from '../settings/values.ts';
import { type Context, listenForStop, PATIENCE, type RunWith, type Stop } from './context.ts';
import { flags, repeatable, single } from './flags.ts';

interface ListenFlags extends DoubleFlags {
  port?: string;
  host?: string;
  path?: string;
  type?: string[];
  secret?: string[];
}

interface ListenOptions {
  readonly port: number;
  readonly host: string;
  readonly path: string | undefined;
  readonly setting: SecretSetting;
  readonly double: DoubleSetting;
  /** What is printed; all is verified. */
  readonly patterns: readonly string[];
  /** What there is to say of types that no fixture has: they may be new, or mistyped. */
  readonly unknownTypes: readonly string[];
}

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
    .addHelpText('after', help)
    .action((given: ListenFlags) => run((context) => listen(readOptions(given, context.io), context)));
}

const help = `
Answers 201 to a message that verifies, and 401 with the reason's code to one that does not.
--type narrows what is printed, never what is verified. --verbose prints each event's data.
With --expect it is a test: exit code 0 when what was awaited came, 1 when it did not. =n is met at the n-th event,
==n is judged when the window ends. Deliveries count, a retry as one more; only verified ones, unless --accept-unverified.

  $ scalekit-hooks listen --port 3000
  $ scalekit-hooks listen --port 0 --json
  $ scalekit-hooks listen --path /webhook --type 'user.*' --verbose
  $ scalekit-hooks listen --expect 'user.created=1' --within 10s
  $ scalekit-hooks listen --status 500,500,201`;

function readOptions(given: ListenFlags, io: Io): ListenOptions {
  const double = readDouble(given);
  const awaited = double.expectations.map(({ pattern }) => pattern);
  return {
    port: parsePort(given.port ?? '3000'),
    host: given.host === undefined ? '127.0.0.1' : parseHost(given.host),
    path: given.path === undefined ? undefined : parsePath(given.path),
    double,
    unknownTypes: describeUnknown([...(given.type ?? []), ...awaited], io),
    patterns: given.type ?? ['*'],
    // Last, since it may make a secret: nothing is made for a command line that is wrong.
    setting: findSecrets(io, given.secret ?? []),
  };
}

function describeUnknown(patterns: readonly string[], io: Io): string[] {
  const named = patterns.filter((pattern) => !pattern.includes('*'));
  if (named.length === 0) return [];
  const known = listFixtures(io.root, findFixturesFolder(io, undefined)).map(({ name }) => name);
  return named
    .filter((name) => !known.includes(name))
    .map((name) => {
      const [nearest] = nearestNames(name, known);
      return `no known event type is called ${name}${nearest ? `; did you mean ${nearest}?` : ''}`;
    });
}

async function listen(options: ListenOptions, context: Context): Promise<number> {
  const { io, report } = context;
  const { setting, double } = options;
  for (const secret of setting.secrets) report.hide(secret.text);
  const tally = new ReceptionTally();
  const counter = new ExpectationCounter(double.expectations);
  const stop = listenForStop(io);
  const listener = await openOrRefuse(
    options.host,
    options.port,
    judge(options, { tally, counter, stop }, context),
  ).catch((error) => {
    stop.forget();
    throw error;
  });
  // A reader that is slow must not keep events waiting; one of stdout that has gone wants no more of them.
  io.stdout.dropWhenSlow();
  io.stderr.dropWhenSlow();
  io.stdout.onClosed(stop.ask);
  const started = io.now();
  sayHow(options, listener, report);
  if (double.expectations.length > 0) {
    await pause(double.within, stop.asked);
    stop.ask();
  }
  if (!stop.asked.aborted) await once(stop.asked, 'abort');
  await listener.close(PATIENCE);
  // The terminal shows ^C on the line where it stands.
  if (stop.exitCode === 130 && io.stderr.isTerminal) io.stderr.write('\n');
  const dropped = io.stdout.dropped + io.stderr.dropped;
  if (dropped > 0) report.warn(`${dropped} lines were not printed: they were read too slowly`);
  const isMet = counter.results.every((result) => result.isMet);
  const isTest = double.expectations.length > 0;
  report.tell(
    tally.summary('listen', io.now() - started, { expected: counter.results, ...(isTest && { isMet }) }),
  );
  const exitCode = stop.exitCode ?? (isMet ? 0 : 1);
  const isPrinted = await Promise.all([io.stdout.flush(FLUSH), io.stderr.flush(FLUSH)]);
  if (!isPrinted.every(Boolean)) io.exit(exitCode);
  stop.forget();
  return exitCode;
}

/** How long the last lines may take to be read, in milliseconds. */
const FLUSH = 500;

interface Listening {
  readonly tally: ReceptionTally;
  readonly counter: ExpectationCounter;
  readonly stop: Stop;
}

/** What is done with each request: judged, counted, told and answered. */
function judge(
  options: ListenOptions,
  { tally, counter, stop }: Listening,
  { io, report }: Context,
): Receiver {
  const { setting, path, patterns, double } = options;
  const { statuses, delay, acceptsUnverified, expectations } = double;
  let taken = 0;
  const nextStatus = () => statuses[Math.min(taken++, statuses.length - 1)]!;
  const rules: ListenerRules = { secrets: setting.secrets, path, acceptsUnverified, nextStatus };
  return {
    admit: (head) => admit(head, rules),
    turnedAway: (head, answer) =>
      report.warn(
        `${cut(`${head.method} ${head.target}`, 200)} was answered ${answer.status} ${answer.body}`,
      ),
    async receive(request) {
      const reception = receive(request, rules, io.now());
      tally.add(reception);
      if (isPrinted(reception, patterns)) report.tell(receivedFact(request, reception));
      if (reception.verdict.verified || acceptsUnverified) counter.add(reception.eventType);
      // Whoever wants to stop gets the answers that are owed at once.
      await pause(delay, stop.asked);
      if (expectations.length > 0 && counter.isDecided) stop.ask();
      return reception.answer;
    },
  };
}

/** Whether a message is of a type to print. One that says no type is printed when it was refused. */
function isPrinted({ verdict, eventType }: Reception, patterns: readonly string[]): boolean {
  if (!verdict.verified && eventType === null) return true;
  return patterns.some((pattern) => matchesPattern(eventType ?? '', pattern));
}

function sayHow(
  { setting, host, path, unknownTypes }: ListenOptions,
  listener: Listener,
  report: Report,
): void {
  for (const note of [...setting.notes, ...unknownTypes]) report.note(note);
  if (listener.foreignAddresses.length > 0) {
    report.note(`other machines can reach it: ${listener.foreignAddresses.join(', ')}`);
  }
  report.note(`verifying with ${maskedSecrets(setting)} from ${setting.source}`);
  report.tell({
    fact: 'ready',
    url: listener.url + (path ?? ''),
    host,
    port: listener.port,
    path: path ?? null,
    secret_source: setting.source,
  });
}
