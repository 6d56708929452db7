import { type Command, Option } from 'commander';
import { type Delivery, openDelivery } from '../delivery/deliver.ts';
import type { Outcome } from '../delivery/outcome.ts';
import type { Target } from '../delivery/target.ts';
import { HooksError } from '../errors.ts';
import { buildEvent, newWebhookId } from '../events/build.ts';
import { readRequestedEvents } from '../events/requested.ts';
import type { Members } from '../events/wire-form.ts';
import type { Io } from '../io.ts';
import type { Headers, Message } from '../message.ts';
import { deliveredFact } from '../report/delivery-fact.ts';
import type { Report } from '../report/index.ts';
import { Tally } from '../report/tally.ts';
import { findFixturesFolder, findTarget, type TargetFlags } from '../settings/environment.ts';
import { readHeaders } from '../settings/headers.ts';
import { findSecrets, maskedSecrets, type SecretSetting } from '../settings/secrets.ts';
import { parseDuration } from '../settings/values.ts';
import { signMessage } from '../signature/sign.ts';
import { verify } from '../signature/verify.ts';
import { type Context, listenForStop, type RunWith, type Stop } from './context.ts';
import { flags } from './flags.ts';

interface SendFlags extends TargetFlags {
  all?: boolean;
  secret?: string[];
  header?: string[];
  timeout?: string;
  force?: boolean;
  fixtures?: string;
  keepId?: boolean;
}

/** What to send, where, and how. Once it is there, nothing in the request is wrong. */
interface SendOptions {
  readonly events: readonly Members[];
  readonly keepId: boolean;
  readonly target: Target;
  readonly setting: SecretSetting;
  readonly headers: Headers;
  /** In milliseconds, for one delivery: 10 s as Scalekit's. */
  readonly timeout: number;
  readonly insecure: boolean;
}

export function register(command: Command, run: RunWith): void {
  command
    .argument('[types...]', "event types, patterns such as 'user.*', or event files such as ./event.json")
    .addOption(new Option('--all', 'send every event type'))
    .addOption(flags.to())
    .addOption(flags.secret())
    .addOption(flags.header())
    .addOption(flags.timeout())
    .addOption(flags.allowHost())
    .addOption(flags.insecure())
    .addOption(flags.fixtures())
    .addOption(new Option('--keep-id', 'keep the id and occurred_at of the event file'))
    .addOption(flags.force())
    .addHelpText('after', help)
    .action((types: string[], given: SendFlags) =>
      run(async (context) => send(await readOptions(types, given, context.io), context)),
    );
}

const help = `
In a pattern * stands for any characters, dots included: 'organization.*' takes organization.directory.user_created too.
The exit code is the handler's answer: 0 for 2xx, 1 for another status, 3 when no answer came.

  $ scalekit-hooks send user.created
  $ scalekit-hooks send 'user.*' 'session.*' --to localhost:8080/hooks
  $ scalekit-hooks send --all --quiet
  $ scalekit-hooks send ./event.json --json`;

async function readOptions(types: string[], given: SendFlags, io: Io): Promise<SendOptions> {
  if (types.length > 0 && given.all) throw new HooksError('types_and_all', {});
  if (types.length === 0 && !given.all) throw new HooksError('nothing_to_send', {});
  const target = findTarget(io, given);
  const credentials: Headers =
    target.authorization === undefined ? [] : [['authorization', target.authorization]];
  const options = {
    target,
    headers: [...credentials, ...readHeaders(given.header ?? [], given.force ?? false)],
    timeout: given.timeout === undefined ? 10_000 : parseDuration('--timeout', given.timeout),
    insecure: given.insecure ?? false,
    keepId: given.keepId ?? false,
  };
  const fixtures = findFixturesFolder(io, given.fixtures);
  const events = await readRequestedEvents(given.all ? ['*'] : types, {
    root: io.root,
    cwd: io.cwd,
    fixtures,
  });
  return { ...options, events, setting: findSecrets(io, given.secret ?? []) };
}

async function send(options: SendOptions, context: Context): Promise<number> {
  const { io, report } = context;
  const { events, target } = options;
  sayHow(options, report);
  const started = io.now();
  const tally = new Tally();
  const delivery = openDelivery(target, options);
  const stop = listenForStop(io);
  if (events.length > 1) await report.startProgress();
  try {
    for (const members of events) {
      if (stop.asked.aborted) break;
      report.progress(`sending ${tally.total + 1} of ${events.length}`);
      tally.add(await sendOne(members, options, { io, report, delivery, stop }));
    }
  } finally {
    stop.forget();
    await delivery.close();
  }
  if (delivery.resent > 0)
    report.note(`${delivery.resent} sent a second time: the kept-alive connection had been closed`);
  if (events.length > 1) report.tell(tally.summary('send', io.now() - started));
  return stop.exitCode ?? tally.exitCode;
}

function sayHow({ target, setting, insecure }: SendOptions, report: Report): void {
  for (const secret of setting.secrets) report.hide(secret.text);
  for (const note of [...target.notes, ...setting.notes]) report.note(note);
  if (insecure) report.note('--insecure: the certificate of the target is not checked');
  report.note(`to ${target.url.href}, signed with ${maskedSecrets(setting)} from ${setting.source}`);
}

async function sendOne(
  members: Members,
  { keepId, target, setting, headers, timeout }: SendOptions,
  { io, report, delivery, stop }: Context & { delivery: Delivery; stop: Stop },
): Promise<Outcome> {
  const now = io.now();
  const event = buildEvent(members, { now, keepId });
  const content = { id: newWebhookId(), timestamp: Math.floor(now / 1000), body: event.body };
  const message = signMessage(content, setting.secrets, headers);
  if (report.isVerbose) showMessage(message, report);
  const outcome = await delivery.deliver(message, stop.cut);
  const secret = { masked: maskedSecrets(setting), source: setting.source, isOurs: setting.isOurs };
  const ownVerdict = () => verify(message, setting.secrets, now);
  report.tell(deliveredFact({ event, message, target, timeout, outcome, secret, ownVerdict }));
  return outcome;
}

/** The message as it goes out, credentials masked. */
function showMessage(message: Message, report: Report): void {
  for (const [name, value] of message.headers) {
    report.note(`> ${name}: ${/^(authorization|cookie)$/i.test(name) ? '…' : value}`);
  }
  report.note(`> ${Buffer.from(message.body).toString()}`);
}
