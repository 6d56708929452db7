import { once } from 'node:events';
import type { Command } from 'commander';
import { HooksError } from '../errors.ts';
import { matchesPattern } from '../events/catalogue.ts';
import { hasCode, type Io } from '../io.ts';
import { admit, type ListenerRules, type Reception, receive } from '../listener/receive.ts';
import {
  findFreePort,
  isEveryAddress,
  type Listener,
  openListener,
  ownAddresses,
  type Receiver,
} from '../listener/server.ts';
import type { Report } from '../report/index.ts';
import { ReceptionTally, receivedFact } from '../report/reception-fact.ts';
import { findSecrets, maskedSecrets, type SecretSetting } from '../settings/secrets.ts';
import { parsePath, parsePort } from '../settings/values.ts';
import { type Context, listenForStop, PATIENCE, type RunWith } from './context.ts';
import { flags, single } from './flags.ts';

interface ListenFlags {
  port?: string;
  host?: string;
  path?: string;
  type?: string[];
  secret?: string[];
}

interface ListenOptions {
  readonly port: number;
  readonly host: string;
  readonly rules: ListenerRules;
  readonly setting: SecretSetting;
  /** What is printed; all is verified. */
  readonly patterns: readonly string[];
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
    .addHelpText('after', help)
    .action((given: ListenFlags) => run((context) => listen(readOptions(given, context.io), context)));
}

const help = `
Answers 201 to a message that verifies, and 401 with the reason's code to one that does not.
--type narrows what is printed, never what is verified. --verbose prints each event's data.

  $ scalekit-hooks listen --port 3000
  $ scalekit-hooks listen --port 0 --json
  $ scalekit-hooks listen --path /webhook --type 'user.*' --verbose`;

function readOptions(given: ListenFlags, io: Io): ListenOptions {
  const setting = findSecrets(io, given.secret ?? []);
  return {
    port: parsePort(given.port ?? '3000'),
    host: given.host ?? '127.0.0.1',
    rules: { secrets: setting.secrets, path: given.path === undefined ? undefined : parsePath(given.path) },
    setting,
    patterns: given.type ?? ['*'],
  };
}

async function listen(options: ListenOptions, context: Context): Promise<number> {
  const { io, report } = context;
  const { rules, setting, patterns } = options;
  for (const secret of setting.secrets) report.hide(secret.text);
  const tally = new ReceptionTally();
  const receiver: Receiver = {
    admit: (head) => admit(head, rules),
    turnedAway: (head, answer) =>
      report.note(`${head.method} ${head.target} was answered ${answer.status} ${answer.body}`),
    receive(request) {
      const reception = receive(request, rules, io.now());
      tally.add(reception);
      if (isPrinted(reception, patterns)) report.tell(receivedFact(request, reception));
      return reception.answer;
    },
  };
  const listener = await open(options, receiver);
  // A reader of stdout that is slow must not keep events waiting; one that has gone wants no more of them.
  io.stdout.dropWhenSlow();
  const stop = listenForStop(io);
  io.stdout.onClosed(stop.ask);
  const started = io.now();
  sayHow(options, listener, report);
  await once(stop.asked, 'abort');
  await listener.close(PATIENCE);
  stop.forget();
  if (io.stdout.dropped > 0)
    report.note(`${io.stdout.dropped} lines were not printed: stdout was read too slowly`);
  report.tell(tally.summary('listen', io.now() - started));
  return stop.exitCode ?? 0;
}

/** A refused message is printed whatever it calls itself, unless it is rightly of a type that is not wanted. */
function isPrinted({ verdict, eventType }: Reception, patterns: readonly string[]): boolean {
  if (!verdict.verified && eventType === undefined) return true;
  return patterns.some((pattern) => matchesPattern(eventType ?? '', pattern));
}

function sayHow({ setting, host, rules }: ListenOptions, listener: Listener, report: Report): void {
  for (const note of setting.notes) report.note(note);
  if (isEveryAddress(host)) report.note(`other machines can reach it: ${ownAddresses().join(', ')}`);
  report.note(`verifying with ${maskedSecrets(setting)} from ${setting.source}`);
  report.tell({
    fact: 'ready',
    url: listener.url + (rules.path ?? ''),
    host,
    port: listener.port,
    path: rules.path ?? null,
    secret_source: setting.source,
  });
}

async function open({ host, port }: ListenOptions, receiver: Receiver): Promise<Listener> {
  try {
    return await openListener(host, port, receiver);
  } catch (error) {
    if (hasCode(error, 'EADDRINUSE')) {
      throw new HooksError('port_in_use', { port, next: await findFreePort(host, port + 1) });
    }
    const known = cannotListen.find(([code]) => hasCode(error, code));
    const [, reason, advice] = known ?? ['', (error as Error).message, 'another --host or --port'];
    throw new HooksError('cannot_listen', { host, port, reason, advice });
  }
}

const cannotListen: [code: string, reason: string, advice: string][] = [
  ['EACCES', 'the system lets only privileged programs listen on this port', '--port 3000, or any from 1024'],
  [
    'EADDRNOTAVAIL',
    'this machine does not have that address',
    '--host 127.0.0.1, or 0.0.0.0 for all of its addresses',
  ],
  [
    'ENOTFOUND',
    'there is no host of that name',
    '--host 127.0.0.1, or 0.0.0.0 for all addresses of this machine',
  ],
  [
    'EAI_AGAIN',
    'there is no host of that name',
    '--host 127.0.0.1, or 0.0.0.0 for all addresses of this machine',
  ],
];
