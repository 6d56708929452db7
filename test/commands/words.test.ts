import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../src/main.ts';
import { memoryIo, runCommand, testSecret } from '../support/memory-io.ts';
import { repository } from '../support/repository.ts';
import { answering, closedPort } from '../support/targets.ts';
import { temporaryFolder } from '../support/temporary.ts';

/** A port as a whole number: an id can contain its digits. */
const numbered = (port: string) => new RegExp(`(?<![0-9])${port}(?![0-9])`, 'g');

/**
 * What each command says, whole: its help, a success, a failure and an error. These files are the only place where tests
 * hold sentences; `npx vitest run test/commands/words.test.ts -u` writes them, to be read in the diff.
 */
const { inContainer, normalized } = (await import(join(repository, 'test/docs/session.mjs'))) as {
  inContainer: RegExp;
  normalized(line: string): string;
};

const env = { SCALEKIT_WEBHOOK_SECRET: testSecret };

/** One time for everything, so that ages are the same in every run. */
const now = () => Date.UTC(2026, 10, 28, 12);

interface Place {
  readonly cwd: string;
  readonly accepting: string;
  readonly rejecting: string;
  readonly closed: string;
}

async function place(): Promise<Place> {
  return {
    cwd: temporaryFolder(),
    accepting: (await answering(201)).url,
    rejecting: (await answering(401, '{"error":"invalid signature"}')).url,
    closed: `http://localhost:${await closedPort()}/webhook`,
  };
}

/** Runs command lines one after the other; URLs print by their role. */
async function transcript(lines: readonly string[][], where: Place): Promise<string> {
  const parts: string[] = [];
  for (const args of lines) {
    const { exitCode, stdout, stderr } = await runCommand(args, { env, now, cwd: where.cwd });
    parts.push(step(args, { stderr, stdout, exitCode }, where));
  }
  return parts.join('\n');
}

function step(
  args: readonly string[],
  { stderr, stdout, exitCode }: { stderr: string; stdout: string; exitCode: number },
  where: Place,
): string {
  const talk = stderr.replace(/^(?=.)/gm, '# ');
  const text = `$ scalekit-hooks ${args.join(' ')}\n${talk}${stdout}exit code ${exitCode}\n`;
  const roles = Object.entries(where).filter(([role]) => role !== 'cwd');
  const shown = roles.reduce((rest, [role, url]) => {
    const { port } = new URL(url);
    return rest
      .replaceAll(url, `http://${role}/webhook`)
      .replaceAll(`localhost:${port}`, role)
      .replace(numbered(port), 'PORT');
  }, text);
  return shown
    .replaceAll(inContainer, '')
    .replaceAll(/[^\s']*scalekit-hooks-test-\w+/g, 'FOLDER')
    .split('\n')
    .map(normalized)
    .join('\n');
}

const snapshot = (name: string) => join(repository, 'test/commands/words', `${name}.txt`);

describe('what each command says', () => {
  it('the program', async () => {
    const where = await place();
    await expect(await transcript([[], ['nothing'], ['send', '--nothing']], where)).toMatchFileSnapshot(
      snapshot('program'),
    );
  });

  it('send', async () => {
    const where = await place();
    const { accepting, rejecting, closed } = where;
    const lines = [
      ['send', '--help'],
      ['send', 'user.created', '--to', accepting],
      ['send', 'user.created', '--to', rejecting],
      ['send', 'session.*', '--to', closed],
      ['send', 'user.created', '--to', accepting, '--fault', 'stale'],
      ['send', 'user.created', '--to', rejecting, '--fault', 'stale'],
      ['send', 'user.created', '--to', accepting, '--dry-run'],
      ['send', 'user.created', '--to', accepting, '--print', 'curl'],
      ['send', '--interceptor', 'PRE_SIGNUP', '--to', accepting],
      ['send', 'user.created', '--to', rejecting, '--json'],
      ['send', 'user.creatd'],
      ['send', 'user.created', '--to', 'https://example.com/webhook'],
    ];
    await expect(await transcript(lines, where)).toMatchFileSnapshot(snapshot('send'));
  });

  it('listen and replay', async () => {
    const where = await place();
    const { cwd, accepting, rejecting } = where;
    const { io, signal } = memoryIo(['listen', '--port', '0', '--verbose'], { env, now, cwd });
    const ended = run(io);
    const [, url] = await io.stderr.until(/ready on (\S+)/);
    const port = new URL(url!).port;
    await runCommand(['send', 'user.created', '--to', url!], { env, now });
    await runCommand(['send', 'user.deleted', '--fault', 'wrong-secret', '--to', url!], { env, now });
    await io.stdout.until(/ {2}cause: .*\n/);
    signal('SIGINT');
    const exitCode = await ended;
    const listened = step(
      ['listen', '--port', '0', '--verbose'],
      { stderr: io.stderr.text, stdout: io.stdout.text, exitCode },
      { ...where },
    ).replace(numbered(port), 'PORT');
    const help = await transcript(
      [
        ['listen', '--help'],
        ['listen', '--port', 'x'],
      ],
      where,
    );
    await expect(`${help}\n${listened}`).toMatchFileSnapshot(snapshot('listen'));

    const lines = [
      ['replay', '--help'],
      ['replay', '--all', '--to', accepting],
      ['replay', 'last', '--to', rejecting],
      ['replay', 'last:2', '--new-id', '--dry-run', '--to', accepting],
      ['replay', '--failed', '--to', accepting],
      ['replay', '--failed', '--to', accepting],
      ['replay', 'cap_none'],
      ['replay'],
    ];
    const replayed = (await transcript(lines, where)).replace(numbered(port), 'PORT');
    await expect(replayed).toMatchFileSnapshot(snapshot('replay'));

    const captures = [
      ['captures', '--help'],
      ['captures'],
      ['captures', 'show', 'last:2'],
      ['captures', 'show', 'last'],
      ['captures', 'save', 'last:2', 'saved.json', '--scrub'],
      ['captures', 'save', 'last:2', 'saved.json'],
      ['captures', 'show', 'cap_none'],
    ];
    const kept = (await transcript(captures, where)).replace(numbered(port), 'PORT');
    await expect(kept).toMatchFileSnapshot(snapshot('captures'));
  });

  it('check, and its reports', async () => {
    const where = await place();
    const { accepting, rejecting, closed, cwd } = where;
    const files = ['junit.xml', 'check.md', 'check.html'];
    const reports = ['junit:junit.xml', 'markdown:check.md', 'html:check.html'];
    const lines = [
      ['check', '--help'],
      ['check', '--list', '--only', 'times'],
      ['check', accepting, '--only', 'times', ...reports.flatMap((report) => ['--report', report])],
      ['check', rejecting, '--only', 'missing-headers'],
      ['check', closed],
      ['check', accepting, '--only', 'nothing'],
    ];
    await expect(await transcript(lines, where)).toMatchFileSnapshot(snapshot('check'));
    for (const file of files) {
      expect(existsSync(join(cwd, file))).toBe(true);
      const text = readFileSync(join(cwd, file), 'utf8')
        .replace(numbered(new URL(accepting).port), 'PORT')
        .replaceAll(/time(stamp)?="[^"]*"/g, 'time$1="*"')
        .replace(/<style>[\s\S]*<\/style>/, '')
        .replace(/sha256-[^']+/, 'sha256-*')
        .replaceAll(/<pre>[\s\S]*?<\/pre>/g, '<pre>*</pre>');
      await expect(text.split('\n').map(normalized).join('\n')).toMatchFileSnapshot(snapshot(file));
    }
  });

  it('verify', async () => {
    const where = await place();
    const dryRun = async (...args: string[]) =>
      (
        await runCommand(['send', 'user.created', '--dry-run', '--to', where.accepting, ...args], {
          env,
          now,
        })
      ).stdout;
    const message = await dryRun();
    const write = (name: string, text: string) => writeFileSync(join(where.cwd, name), text);
    write('verified.http', message);
    write('spaced.http', message.replace(/^content-length.*\n/m, '').replaceAll('":"', '": "'));
    write('svix.http', message.replaceAll('webhook-', 'svix-'));
    write('old.http', await dryRun('--age', '10m'));
    write('unsigned.http', message.replace(/^webhook-signature.*\n/m, ''));
    const lines = [
      ['verify', '--help'],
      ['verify', 'verified.http'],
      ['verify', 'verified.http', '--show-signed-text'],
      ['verify', 'spaced.http'],
      ['verify', 'svix.http'],
      ['verify', 'old.http', '--at', 'now'],
      ['verify', 'unsigned.http'],
      ['verify', 'verified.http', '--secret', 'whsec_bW9ja2VkIGludGVyY2VwdG9yIGtleSEh'],
      ['verify', 'missing.http'],
      ['verify'],
    ];
    const said = (await transcript(lines, where)).replaceAll(/sha256 \*.*$/gm, 'sha256 *');
    await expect(said).toMatchFileSnapshot(snapshot('verify'));
  });

  it.each([
    [
      'events',
      [
        ['events', '--help'],
        ['events', 'session.*'],
        ['events', 'session.creatd'],
      ],
    ],
    ['secret', [['secret', '--help'], ['secret'], ['secret', '--secret', 'whsec_!']]],
    ['demo', [['demo', '--help']]],
    [
      'completion',
      [
        ['completion', '--help'],
        ['completion', 'tcsh'],
      ],
    ],
  ])('%s', async (name, lines) => {
    await expect(await transcript(lines, await place())).toMatchFileSnapshot(snapshot(name));
  });
});
