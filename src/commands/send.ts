import { type Command, Option } from 'commander';
import { type Fault, faults, findFault } from '../checks/faults.ts';
import { type Attempted, deliverWithRetries } from '../delivery/attempts.ts';
import { runPaced } from '../delivery/burst.ts';
import { type Delivery, openDelivery } from '../delivery/deliver.ts';
import { isAccepted, type Outcome } from '../delivery/outcome.ts';
import { schedules } from '../delivery/retry.ts';
import { HooksError } from '../errors.ts';
import { buildEvent, type Event, makeTemplate, newWebhookId } from '../events/build.ts';
import { editTemplates } from '../events/edit-templates.ts';
import { identifyEvent } from '../events/identify.ts';
import { readRequestedEvents } from '../events/requested.ts';
import type { Io } from '../io.ts';
import { isCredential, type Message } from '../message.ts';
import { deliveredFact } from '../report/delivery-fact.ts';
import type { Report } from '../report/index.ts';
import { messageFact } from '../report/message-text.ts';
import { Tally } from '../report/tally.ts';
import { readBody } from '../settings/body.ts';
import { type DeliveryFlags, type DeliverySetting, readDelivery } from '../settings/delivery.ts';
import { type EditFlags, readEdits } from '../settings/edits.ts';
import { findFixturesFolder } from '../settings/environment.ts';
import { type PaceFlags, type PaceSetting, readPace } from '../settings/pace.ts';
import { maskedSecrets } from '../settings/secrets.ts';
import { readStamp, type StampFlags, type StampSetting } from '../settings/stamp.ts';
import { signMessage } from '../signature/sign.ts';
import { verify } from '../signature/verify.ts';
import { type Context, listenForStop, type RunWith, type Stop } from './context.ts';
import { flags, oneOf, repeatable, single, suggesting } from './flags.ts';

interface SendFlags extends DeliveryFlags, EditFlags, PaceFlags, StampFlags {
  readonly all?: boolean;
  readonly fixtures?: string;
  readonly keepId?: boolean;
  readonly body?: string;
  readonly fault?: string;
  readonly dryRun?: boolean;
  readonly print?: string;
}

/** What to send, where, how, how often. Once it is there, nothing in the request is wrong. */
interface SendOptions {
  /** Each makes one event that happens at a time in milliseconds. */
  readonly sources: readonly ((now: number) => Event)[];
  readonly delivery: DeliverySetting;
  readonly pace: PaceSetting;
  readonly stamp: StampSetting;
  /** What is to be wrong with every message. */
  readonly fault: Fault | undefined;
  /** Shows the messages in place of sending them. */
  readonly show: 'message' | 'curl' | undefined;
}

export function register(command: Command, run: RunWith): void {
  command
    .argument('[types...]', "event types, patterns such as 'user.*', or event files such as ./event.json")
    .addOption(new Option('--all', 'send every event type'))
    .addOption(flags.to())
    .addOption(flags.secret())
    .addOption(repeatable('--set <path=value>', 'change a field: path=text, or path:=json; repeatable'))
    .addOption(repeatable('--unset <path>', 'take a field away; repeatable'))
    .addOption(repeatable('--add <path=value>', 'make a new field; repeatable'))
    .addOption(single('--body <body>', 'send these bytes: @file, - for stdin, or JSON'))
    .addOption(flags.header())
    .addOption(single('--webhook-id <id>', 'the webhook-id of the messages (default: a new one each)'))
    .addOption(single('--timestamp <time>', 'their timestamp: seconds, or a date and time (default: now)'))
    .addOption(single('--age <duration>', 'how old they are, such as 10m; -10m is ahead'))
    .addOption(
      suggesting(
        single('--fault <name>', 'spoil them so that a right handler refuses; exit code 0 when it does'),
        faults.map(({ name }) => name),
      ),
    )
    .addOption(new Option('--dry-run', 'print the messages, send nothing'))
    .addOption(oneOf('--print <form>', 'print them as curl lines, send nothing', ['curl']))
    .addOption(new Option('--retry', 'try again when it fails, at once, 5 s, 30 s, 2 min, 5 min, 15 min'))
    .addOption(single('--retry-scale <factor>', 'multiply those waits: 0.001 makes 5 s to 5 ms'))
    .addOption(
      suggesting(
        single('--retry-schedule <name>', 'the waits, as the documents differ'),
        Object.keys(schedules),
      ),
    )
    .addOption(single('--count <n>', 'send everything n times, each with its own ids'))
    .addOption(single('--concurrency <n>', 'how many at a time (default: 1)'))
    .addOption(single('--rate <n>', 'how many a second at most'))
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
Paths start at the event's root: data.email, data.groups[0].name, and in quotes what has dots: 'data."Order No."=7'.
--set and --unset need a field that is there; --add makes one. They are made in the order unset, set, add.
The exit code is the handler's answer: 0 for 2xx, 1 for another status, 3 when no answer came.

  $ scalekit-hooks send user.created
  $ scalekit-hooks send 'user.*' 'session.*' --to localhost:8080/hooks
  $ scalekit-hooks send user.created --set data.email=x@example.com --add 'data.age:=36'
  $ scalekit-hooks send --body @event.json --age 10m
  $ scalekit-hooks send user.created --fault wrong-secret
  $ scalekit-hooks send --all --count 100 --concurrency 10`;

async function readOptions(types: string[], given: SendFlags, io: Io): Promise<SendOptions> {
  refuseCombinations(types, given);
  const edits = readEdits(given);
  const options = {
    delivery: readDelivery(given, io),
    pace: readPace(given),
    stamp: readStamp(given),
    fault: given.fault === undefined ? undefined : findFault(given.fault),
    show: given.print === 'curl' ? ('curl' as const) : given.dryRun ? ('message' as const) : undefined,
  };
  if (given.body !== undefined) {
    const body = await readBody(given.body, io);
    return { ...options, sources: [() => ({ ...identifyEvent(body), body })] };
  }
  const places = { root: io.root, cwd: io.cwd, fixtures: findFixturesFolder(io, given.fixtures) };
  const requested = await readRequestedEvents(given.all ? ['*'] : types, places);
  const templates = requested.map((members) => makeTemplate(members, { keepId: given.keepId ?? false }));
  return {
    ...options,
    sources: editTemplates(templates, edits).map((template) => (now) => buildEvent(template, now)),
  };
}

function refuseCombinations(types: string[], given: SendFlags): void {
  const isBuilt = types.length > 0 || given.all;
  if (given.body !== undefined) {
    const builds = [given.set, given.unset, given.add, given.keepId, given.fixtures];
    if (isBuilt || builds.some((flag) => flag !== undefined)) throw new HooksError('body_and_types', {});
  } else if (!isBuilt) throw new HooksError('nothing_to_send', {});
  if (types.length > 0 && given.all) throw new HooksError('types_and_all', {});
  if (given.fault !== undefined && (given.retry || given.retryScale || given.retrySchedule)) {
    throw new HooksError('conflicting_flags', {
      first: '--fault',
      second: '--retry',
      why: 'a spoiled message is to be refused, and then there is nothing to try again',
      example: 'leave --retry out',
    });
  }
}

async function send(options: SendOptions, context: Context): Promise<number> {
  const { io, report } = context;
  sayHow(options, report);
  if (options.show) return showMessages(options, context);
  const { delivery, pace, sources } = options;
  const started = io.now();
  const total = sources.length * pace.count;
  const tally = new Tally();
  const stop = listenForStop(io);
  const lanes = Array.from({ length: Math.min(pace.concurrency, total) }, () =>
    openDelivery(delivery.target, { ...delivery, stop: stop.cut }),
  );
  if (total > 1) await report.startProgress();
  const tell = teller(options, report, io);
  try {
    await runPaced({ ...pace, total }, stop.asked, async (index, lane) => {
      const event = sources[index % sources.length]!(io.now());
      const outcome = await sendOne(event, options, { io, delivery: lanes[lane]!, stop, tell });
      tally.add(outcome, isGood(outcome, options.fault));
      report.progress(tally.total, total);
    });
  } finally {
    stop.forget();
    await Promise.all(lanes.map((lane) => lane.close()));
  }
  const resent = lanes.reduce((sum, lane) => sum + lane.resent, 0);
  if (resent > 0) report.note(`${resent} sent a second time: the kept-alive connection had been closed`);
  if (total > 1) report.tell(tally.summary('send', io.now() - started, total));
  return stop.exitCode ?? tally.exitCode;
}

function sayHow({ delivery, fault }: SendOptions, report: Report): void {
  const { target, secret, insecure } = delivery;
  for (const { text } of secret.secrets) report.hide(text);
  for (const note of [...target.notes, ...secret.notes]) report.note(note);
  if (insecure) report.note('--insecure: the certificate of the target is not checked');
  if (fault) report.note(`--fault ${fault.name}: a message ${fault.summary}, which must be refused`);
  report.note(`to ${target.url.href}, signed with ${maskedSecrets(secret)} from ${secret.source}`);
}

/** Whether a delivery came out as it should: a sound message taken, a spoiled one refused. */
function isGood(outcome: Outcome, fault: Fault | undefined): boolean {
  return fault ? outcome.answered && !isAccepted(outcome) : isAccepted(outcome);
}

type Tell = (event: Event, attempted: Attempted) => void;

async function sendOne(
  event: Event,
  { delivery: setting, pace, stamp, fault }: SendOptions,
  { io, delivery, stop, tell }: { io: Io; delivery: Delivery; stop: Stop; tell: Tell },
): Promise<Outcome> {
  const id = stamp.webhookId ?? newWebhookId();
  const make = () => makeMessage(event, id, { delivery: setting, stamp, fault }, io.now());
  const options = { retry: pace.retry, asked: stop.asked, now: io.now };
  return deliverWithRetries(delivery, make, (attempted) => tell(event, attempted), options);
}

function makeMessage(
  event: Event,
  id: string,
  { delivery: { secret, headers }, stamp, fault }: Pick<SendOptions, 'delivery' | 'stamp' | 'fault'>,
  now: number,
): Message {
  const content = { id, timestamp: stamp.timestampAt(now), body: event.body };
  return fault
    ? fault.spoil({ content, secrets: secret.secrets, headers })
    : signMessage(content, secret.secrets, headers);
}

/** Failures that are told one by one when an event is sent many times; the summary counts all. */
const TOLD_FAILURES = 10;

/** Tells deliveries: all of them, or with --count only what failed, and for people not without end. */
function teller({ delivery, pace, fault, stamp }: SendOptions, report: Report, io: Io): Tell {
  const { target, timeout, secret: setting } = delivery;
  const secret = { masked: maskedSecrets(setting), source: setting.source, isOurs: setting.isOurs };
  const isBulk = pace.count > 1 && !report.isJson;
  let failures = 0;
  return (event, { message, outcome, attempt, retryIn }) => {
    const ok = isGood(outcome, fault);
    if (report.isVerbose) showHeaders(message, report);
    if (isBulk) {
      if (ok) return;
      failures += 1;
      if (failures === TOLD_FAILURES + 1) report.note('further failures are only counted');
      if (failures > TOLD_FAILURES) return;
    }
    const ownVerdict = () => verify(message, setting.secrets, stamp.timestampAt(io.now()) * 1000);
    report.tell(
      deliveredFact({
        mask: report.mask,
        event,
        message,
        target,
        timeout,
        outcome,
        secret,
        ownVerdict,
        ok,
        attempt,
        retryIn,
        fault,
      }),
    );
  };
}

/** The message as it goes out, credentials masked. */
function showHeaders(message: Message, report: Report): void {
  for (const [name, value] of message.headers) {
    report.note(`> ${name}: ${isCredential(name) ? '…' : value}`);
  }
  report.note(`> ${Buffer.from(message.body).toString()}`);
}

function showMessages(options: SendOptions, { io, report }: Context): number {
  const { delivery, pace, sources, stamp, show } = options;
  for (let index = 0; index < sources.length * pace.count; index += 1) {
    const event = sources[index % sources.length]!(io.now());
    const message = makeMessage(event, stamp.webhookId ?? newWebhookId(), options, io.now());
    report.tell(messageFact({ event, message, url: delivery.target.url, wantsCurl: show === 'curl' }));
  }
  return 0;
}
