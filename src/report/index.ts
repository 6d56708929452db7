import { isInCi } from '../ci.ts';
import type { OutputFlags } from '../cli/flag-sets.ts';
import type { Io } from '../io.ts';
import { breakCommands, escapeCommands } from './ci-commands.ts';
import { cleanLine, cleanText } from './clean.ts';
import type { Fact } from './facts/index.ts';
import { humanReporter, type Lines } from './human/index.ts';
import { type HumanOptions, type Paint, plain } from './human/layout.ts';
import { jsonReporter } from './json.ts';
import { SecretMask } from './mask.ts';
import { choosePaint, chooseSpinner } from './terminal/choose.ts';
import type { Spinner } from './terminal/spinner.ts';
import { wrapFor } from './terminal/wrap.ts';

/** The only output of a command: results go to stdout, notes to stderr, cleaned and with secrets masked. */
export interface Report {
  print(fact: Fact): void;
  /** Prints a note on stderr unless --quiet. */
  note(text: string): void;
  /** Prints a note for a person at a terminal; not with --quiet or --json. */
  hint(text: string): void;
  /** Prints a note on stderr even with --quiet. */
  warn(text: string): void;
  /** Prints a command for the runner of a CI service on stderr, unchanged except for masked secrets. */
  printCommand(line: string): void;
  /** Prints the stack of an error with --debug. */
  trace(error: unknown): void;
  /** Masks hidden secrets and text that looks like a secret. */
  mask(text: string): string;
  /** Indents bodies from now on, as with --verbose. */
  indentBodies(): Promise<void>;
  /** Shows the summary from now on as the result of a run of checks. */
  showChecks(): Promise<void>;
  /** Prepares the progress bar; does nothing without a terminal. */
  startProgress(): Promise<void>;
  /** `fraction` is the part that is done, from 0 to 1. */
  progress(fraction: number, words: string): void;
  /** Masks this secret in all output from now on. */
  hide(secret: string): void;
  /** Removes the progress bar. */
  end(): void;
  readonly isVerbose: boolean;
  readonly isQuiet: boolean;
  readonly isJson: boolean;
  readonly paint: Paint;
}

/** Chooses the reporter: one JSON object per line with --json, else text for people. */
export async function openReport(io: Io, flags: OutputFlags): Promise<Report> {
  const secrets = new SecretMask();
  const mask = (text: string) => secrets.mask(text);
  const isQuiet = flags.quiet ?? false;
  const [out, talk] = await Promise.all([choosePaint(io, 'stdout', flags), choosePaint(io, 'stderr', flags)]);
  let spinner: Spinner | undefined;
  const human: HumanOptions = { out, talk, isQuiet, isVerbose: flags.verbose ?? false };
  const indentBodies = async () => {
    human.indent = (await import('../events/files/readable.ts')).indent;
  };
  if (flags.verbose && !flags.json) await indentBodies();
  const render = flags.json ? jsonReporter(io, isQuiet) : humanReporter(human);

  const [wrapOut, wrapTalk] = [wrapFor(io.stdout), wrapFor(io.stderr)];
  const disarmCommands = isInCi(io) ? (flags.json ? escapeCommands : breakCommands) : (text: string) => text;
  const print = ({ results, talk: asides, isExact = false }: Lines) => {
    const safe = (text: string) => disarmCommands(isExact ? text : mask(text));
    const wrapResults = isExact || flags.json ? (text: string) => text : wrapOut;
    if (results.length > 0) io.stdout.write(wrapResults(safe(`${results.join('\n')}\n`)));
    if (asides.length > 0) io.stderr.write(wrapTalk(safe(`${asides.join('\n')}\n`)));
  };
  const aside = (write: () => void) => {
    if (spinner) spinner.aside(write);
    else write();
  };
  const printLines = (lines: Lines) => aside(() => print(lines));
  const printTalk = (lines: string[]) => printLines({ results: [], talk: lines });
  const note = (text: string) => {
    if (!isQuiet) printTalk([talk.faint(`note: ${cleanLine(text)}`)]);
  };
  return {
    print: (fact) => printLines(render(fact)),
    note,
    hint(text) {
      if (io.stderr.isTerminal && !flags.json) note(text);
    },
    warn: (text) => printTalk([talk.warn(`note: ${cleanLine(text)}`)]),
    printCommand(line) {
      aside(() => io.stderr.write(`${mask(line)}\n`));
    },
    trace(error) {
      if (flags.debug && error instanceof Error) printTalk([cleanText(error.stack ?? error.message)]);
    },
    mask,
    indentBodies,
    async showChecks() {
      human.page = (await import('./human/check/page.ts')).pageLines;
    },
    async startProgress() {
      if (!isQuiet && !flags.json) spinner = await chooseSpinner(io, talk !== plain);
    },
    progress: (fraction, words) => spinner?.show(fraction, words),
    hide: (secret) => secrets.hide(secret),
    end: () => spinner?.stop(),
    isVerbose: flags.verbose ?? false,
    isQuiet,
    isJson: flags.json ?? false,
    paint: out,
  };
}

/** What every command receives. */
export interface Context {
  readonly io: Io;
  readonly report: Report;
}
