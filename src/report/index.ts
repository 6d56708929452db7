import type { Io } from '../io.ts';
import { maskSecret } from '../signature/secret.ts';
import { cleanJson, cleanLine } from './clean.ts';
import type { Fact } from './facts.ts';
import { humanReporter, type Lines, type Paint, plain, type Spinner } from './human.ts';

/** The flags that say how a command speaks. */
export interface OutputFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly color?: 'auto' | 'always' | 'never';
}

/** The one way in which a command says anything: results to stdout, talk to stderr, both cleaned, secrets masked. */
export interface Report {
  tell(fact: Fact): void;
  /** Something worth knowing, said on stderr unless --quiet. */
  note(text: string): void;
  /** Gets ready to show how far the work is, on a terminal only. */
  startProgress(): Promise<void>;
  progress(text: string): void;
  /** From now on this text is masked in everything that is said. */
  hide(secret: string): void;
  /** Ends what is drawn. */
  end(): void;
  readonly isVerbose: boolean;
  readonly isJson: boolean;
  readonly paint: Paint;
}

/** Chooses once how to speak: one JSON object per line with --json, else words. */
export async function openReport(io: Io, flags: OutputFlags): Promise<Report> {
  const hidden = new Map<string, string>();
  const isQuiet = flags.quiet ?? false;
  const masked = (text: string) => {
    let safe = text;
    for (const [secret, mask] of hidden) safe = safe.replaceAll(secret, mask);
    return safe;
  };
  const [out, talk] = await Promise.all([choosePaint(io, 'stdout', flags), choosePaint(io, 'stderr', flags)]);
  let spinner: Spinner | undefined;
  const render = flags.json
    ? jsonReporter(io)
    : humanReporter({ out, talk, isQuiet, isVerbose: flags.verbose ?? false });

  const print = ({ results, talk }: Lines) => {
    if (results.length > 0) io.stdout.write(masked(`${results.join('\n')}\n`));
    if (talk.length > 0) io.stderr.write(masked(`${talk.join('\n')}\n`));
  };
  const beside = (lines: Lines) => {
    if (spinner) spinner.aside(() => print(lines));
    else print(lines);
  };
  return {
    tell: (fact) => beside(render(fact)),
    note(text) {
      if (!isQuiet) beside({ results: [], talk: [talk.faint(`note: ${cleanLine(text)}`)] });
    },
    async startProgress() {
      if (!isQuiet && !flags.json) spinner = await chooseSpinner(io);
    },
    progress: (text) => spinner?.show(text),
    hide(secret) {
      hidden.set(secret, maskSecret(secret));
    },
    end: () => spinner?.stop(),
    isVerbose: flags.verbose ?? false,
    isJson: flags.json ?? false,
    paint: out,
  };
}

/** One JSON object per line, errors included; the form is written down in facts.ts and the README. */
function jsonReporter(io: Io): (fact: Fact) => Lines {
  return ({ fact, ...rest }) => ({
    results: [cleanJson(JSON.stringify({ fact, v: 1, time: new Date(io.now()).toISOString(), ...rest }))],
    talk: [],
  });
}

async function choosePaint(io: Io, stream: 'stdout' | 'stderr', flags: OutputFlags): Promise<Paint> {
  return !flags.json && hasColour(io, stream, flags.color) ? (await import('./paint.ts')).colours() : plain;
}

function hasColour({ env, ...io }: Io, stream: 'stdout' | 'stderr', flag: OutputFlags['color']): boolean {
  if (flag === 'always' || flag === 'never') return flag === 'always';
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  if (env.NO_COLOR || env.TERM === 'dumb' || env.CI) return false;
  return io[stream].isTerminal;
}

async function chooseSpinner(io: Io): Promise<Spinner | undefined> {
  if (io.env.CI || io.env.TERM === 'dumb' || !io.stderr.isTerminal) return undefined;
  const { spinner } = await import('./spinner.ts');
  return spinner(io.stderr.stream());
}
