import { isOnGithub } from '../ci.ts';
import type { OutputFlags } from '../cli/flag-sets.ts';
import type { Io } from '../io.ts';
import { maskSecret } from '../signature/secret.ts';
import { breakCommands, escapeCommands } from './ci-commands.ts';
import { cleanLine, cleanText } from './clean.ts';
import type { Fact } from './facts/index.ts';
import { humanReporter, type Lines } from './human/index.ts';
import { type HumanOptions, type Paint, plain } from './human/layout.ts';
import { jsonReporter } from './json.ts';
import { maskLookalikes } from './mask.ts';
import { choosePaint, chooseSpinner } from './terminal/choose.ts';
import type { Spinner } from './terminal/spinner.ts';

/** The one way in which a command says anything: results to stdout, talk to stderr, both cleaned, secrets masked. */
export interface Report {
  print(fact: Fact): void;
  /** Something worth knowing, said on stderr unless --quiet. */
  note(text: string): void;
  /** Something that should be known even with --quiet. */
  warn(text: string): void;
  /** A command for the runner of a CI service, on stderr, as it stands. */
  printCommand(line: string): void;
  /** The stack of an error, with --debug. */
  trace(error: unknown): void;
  /** The text with all secrets masked that are to be hidden, and what looks like one. */
  mask(text: string): string;
  /** From now on bodies are laid out for reading, as with --verbose. */
  indentBodies(): Promise<void>;
  /** Gets ready to show how far the work is, on a terminal only. */
  startProgress(): Promise<void>;
  /** How much of it is done, from 0 to 1, and in words. */
  progress(fraction: number, words: string): void;
  /** From now on this text is masked in everything that is said. */
  hide(secret: string): void;
  /** Ends what is drawn. */
  end(): void;
  readonly isVerbose: boolean;
  readonly isQuiet: boolean;
  readonly isJson: boolean;
  readonly paint: Paint;
}

/** Chooses once how to speak: one JSON object per line with --json, else words. */
export async function openReport(io: Io, flags: OutputFlags): Promise<Report> {
  const hidden = new Map<string, string>();
  const isQuiet = flags.quiet ?? false;
  const mask = (text: string) => {
    if (text === '') return text;
    let safe = text;
    for (const [secret, shown] of hidden) safe = safe.replaceAll(secret, shown);
    return maskLookalikes(safe);
  };
  const [out, talk] = await Promise.all([choosePaint(io, 'stdout', flags), choosePaint(io, 'stderr', flags)]);
  let spinner: Spinner | undefined;
  const human: HumanOptions = { out, talk, isQuiet, isVerbose: flags.verbose ?? false };
  const layOutBodies = async () => {
    human.indent = (await import('../events/files/readable.ts')).indent;
  };
  if (flags.verbose && !flags.json) await layOutBodies();
  const render = flags.json ? jsonReporter(io, isQuiet) : humanReporter(human);

  const unlikeCommands = isOnGithub(io)
    ? flags.json
      ? escapeCommands
      : breakCommands
    : (text: string) => text;
  const print = ({ results, talk, isExact = false }: Lines) => {
    const safe = (text: string) => unlikeCommands(isExact ? text : mask(text));
    if (results.length > 0) io.stdout.write(safe(`${results.join('\n')}\n`));
    if (talk.length > 0) io.stderr.write(safe(`${talk.join('\n')}\n`));
  };
  const aside = (write: () => void) => {
    if (spinner) spinner.aside(write);
    else write();
  };
  const beside = (lines: Lines) => aside(() => print(lines));
  const say = (lines: string[]) => beside({ results: [], talk: lines });
  return {
    print: (fact) => beside(render(fact)),
    note(text) {
      if (!isQuiet) say([talk.faint(`note: ${cleanLine(text)}`)]);
    },
    warn: (text) => say([talk.warn(`note: ${cleanLine(text)}`)]),
    printCommand(line) {
      aside(() => io.stderr.write(`${mask(line)}\n`));
    },
    trace(error) {
      if (flags.debug && error instanceof Error) say([cleanText(error.stack ?? error.message)]);
    },
    mask,
    indentBodies: layOutBodies,
    async startProgress() {
      if (!isQuiet && !flags.json) spinner = await chooseSpinner(io, talk !== plain);
    },
    progress: (fraction, words) => spinner?.show(fraction, words),
    hide(secret) {
      hidden.set(secret, maskSecret(secret));
      // The key alone is as good as the whole.
      const key = secret.replace(/^(whsec|insec)_/, '');
      if (key.length > 8) hidden.set(key, '…');
    },
    end: () => spinner?.stop(),
    isVerbose: flags.verbose ?? false,
    isQuiet,
    isJson: flags.json ?? false,
    paint: out,
  };
}

/** What a command works with. */
export interface Context {
  readonly io: Io;
  readonly report: Report;
}
