import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { freshId, post, startListen } from '../support/listener.ts';
import { runCommand, testSecret } from '../support/memory-io.ts';
import { repository } from '../support/repository.ts';
import { answering, httpTarget } from '../support/targets.ts';
import { temporaryFolder } from '../support/temporary.ts';

/**
 * Hostile strings in every field that reaches an output. Text from events, responses and paths must not control a
 * terminal, end a line, issue commands to a CI runner, or break out of the surrounding markup.
 */
const hostile: Record<string, string> = {
  'escape sequences': 'a\x1b[2J\x1b]0;t\x07\x9b31m\x1bPq\x1b\\b',
  'bidi and invisible': 'a\u202eb\u2066c\u200bd\ufeffe\u{e0041}f',
  'line feeds': 'a\nb\r\nc\u2028d\u0085e',
  'a GitHub command': 'x\n::error file=a::b\n##[error]c',
  'the end of CDATA': 'a]]>b<![CDATA[c',
  markup: '</script><img src=x onerror=alert(1)>&"\'|`*_[x](javascript:y)',
  'a lone surrogate': 'a\ud800b',
  'one megabyte on one line': 'm'.repeat(1024 * 1024),
};
const env = { SCALEKIT_WEBHOOK_SECRET: testSecret };
const github = { GITHUB_ACTIONS: 'true', CI: 'true' };

/** Characters that must never reach a terminal unescaped. A line feed may. */
const dangerous =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\u{e0000}-\u{e007f}]|\p{Cs}/u;
const ciCommand = /^\s*::|##\[/m;

function isSafe(ran: { stdout: string; stderr: string }, what: string, isGithub = false) {
  expect(ran.stdout + ran.stderr, what).not.toMatch(dangerous);
  if (isGithub) expect(ran.stdout, what).not.toMatch(ciCommand);
}

/** As text, as JSON, and in GitHub Actions, where the runner reads the output. */
async function everyWay(args: string[], cwd: string, exitCodes: number[] = [0]) {
  for (const [flags, more] of [
    [[], {}],
    [['--verbose'], {}],
    [['--json'], {}],
    [['--json', '--verbose'], github],
    [[], github],
  ] as const) {
    const ran = await runCommand([...args, ...flags], { cwd, env: { ...env, ...more } });
    const what = [...args, ...flags, ...Object.keys(more)].join(' ').slice(0, 200);
    expect(exitCodes, `${what}: ${ran.stderr.slice(0, 500)}`).toContain(ran.exitCode);
    isSafe(ran, what, 'GITHUB_ACTIONS' in more);
    // Text for people has no very long lines.
    if (!flags.includes('--json' as never) && !args.includes('--dry-run')) {
      const longest = Math.max(...(ran.stdout + ran.stderr).split('\n').map((line) => line.length));
      expect(longest, what).toBeLessThan(30_000);
    }
    if (flags.includes('--json' as never))
      for (const line of ran.stdout.split('\n').filter(Boolean)) JSON.parse(line);
  }
}

describe.each(Object.entries(hostile))('%s', (_name, text) => {
  /** The text in a form that is valid in a header. */
  const inHeader = Buffer.from(text.replaceAll(/[\r\n\0]/g, ' ').slice(0, 4000))
    .toString('latin1')
    .replaceAll(/[\0-\x08\x0a-\x1f\x7f]/g, '?');
  const event = JSON.stringify({
    type: text,
    id: text,
    display_name: text,
    data: { email: text, [text]: text, list: [text] },
  });

  it('in events that are received, stored, shown, replayed and verified', async () => {
    const cwd = temporaryFolder();
    for (const flags of [[], ['--verbose']]) {
      const app = await answering(500, text, { 'content-type': 'text/plain', 'x-note': inHeader });
      const { io, url, stop } = await startListen([...flags, '--forward-to', app.url], { cwd, env });
      await post(`${url}/${encodeURIComponent(text.replace(/\p{Cs}/gu, '?').slice(0, 3000))}`, {
        body: event,
        id: freshId(),
        headers: { 'x-note': inHeader },
      });
      await post(url, {
        body: event,
        headers: { 'webhook-signature': inHeader.trim() || 'x', 'webhook-timestamp': 'x' },
      });
      await stop();
      isSafe({ stdout: io.stdout.text, stderr: io.stderr.text }, 'listen --json');
      for (const line of io.stdout.text.split('\n').filter(Boolean)) JSON.parse(line);
    }
    const target = await answering(401, text);
    await everyWay(['captures'], cwd);
    await everyWay(['captures', 'show', 'last'], cwd);
    await everyWay(['captures', 'show', 'last:2'], cwd);
    await everyWay(['verify', 'last'], cwd, [1]);
    await everyWay(['verify', 'last:2', '--show-signed-text'], cwd, [0, 1]);
    await everyWay(['replay', 'last:2', '--to', target.url], cwd, [1]);
    await everyWay(['replay', 'last:2', '--dry-run'], cwd);
  });

  it('in responses, redirects and arguments', async () => {
    const cwd = temporaryFolder();
    const handler = await httpTarget((_request, response) =>
      response
        .writeHead(500, { 'content-type': 'text/html', server: inHeader, location: inHeader })
        .end(text),
    );
    await everyWay(['send', 'user.created', '--set', `data.email=${text}`, '--to', handler.url], cwd, [1]);
    await everyWay(
      ['send', 'user.created', '--set', `type=${text}`, '--set', `id=${text}`, '--dry-run'],
      cwd,
    );
    await everyWay(['send', '--interceptor', 'PRE_SIGNUP', '--to', handler.url], cwd, [1]);
    const argument = text.slice(0, 5000);
    for (const args of [
      ['send', argument],
      ['events', argument],
      ['captures', 'show', argument],
      ['captures', '--captures', argument, '--limit', argument],
      ['replay', argument],
      ['verify', `./${argument}.http`],
      ['check', '3000', '--only', argument],
      ['check', argument],
      ['listen', '--port', argument],
      ['secret', '--secret', argument],
      ['completion', argument],
      [argument],
      ['send', `--${argument}`],
      ['send', 'user.created', '--fault', argument],
      ['send', 'user.created', '--set', `${argument}=1`],
      ['send', 'user.created', '-H', `${argument}`],
    ]) {
      await everyWay(args, cwd, [0, 1, 2, 3]);
    }
  });

  it('in responses to check: terminal, JUnit, Markdown, annotations', async () => {
    const cwd = temporaryFolder();
    const handler = await httpTarget((_request, response) => {
      response
        .writeHead(500, { 'content-type': 'text/plain', 'x-note': inHeader, location: inHeader })
        .end(text);
    });
    const reports = ['--report', 'junit:r/j.xml', '--report', 'markdown:r/m.md'];
    await everyWay(['check', handler.url, ...reports, '--only', 'accepts'], cwd, [1]);
    const xml = readFileSync(join(cwd, 'r/j.xml'), 'utf8');
    const schema = readFileSync(join(repository, 'test/support/junit.xsd'), 'utf8');
    const { valid, errors } = await validateXML({
      xml: [{ fileName: 'j.xml', contents: xml }],
      schema: [schema],
    });
    expect(valid, JSON.stringify(errors).slice(0, 500)).toBe(true);
    const markdown = readFileSync(join(cwd, 'r/m.md'), 'utf8');
    expect(xml + markdown).not.toMatch(dangerous);
    expect(markdown).not.toMatch(/<img|<script|<\/script|\]\(javascript:/);
    expect(xml.length + markdown.length).toBeLessThan(3_000_000);
  });
});

describe('a marked secret', () => {
  const marked = `whsec_${Buffer.from('MARKED-MARKED-MARKED-24b').toString('base64')}`;
  const key = marked.slice('whsec_'.length);
  const forms = [
    marked,
    key,
    key.slice(0, 12),
    Buffer.from(key, 'base64').toString('hex'),
    Buffer.from(key, 'base64').toString(),
  ];
  let echo: Awaited<ReturnType<typeof httpTarget>>;
  const own = { SCALEKIT_WEBHOOK_SECRET: marked, SCALEKIT_INTERCEPTOR_SECRET: marked };

  beforeAll(() => {
    expect(key).toHaveLength(32);
  });

  /** The files in a folder that contain the secret; empty for none. */
  const filesWithSecret = (folder: string) => {
    try {
      return execFileSync('grep', ['-rlaF', ...forms.flatMap((form) => ['-e', form]), folder], {
        encoding: 'utf8',
      });
    } catch {
      return '';
    }
  };

  it('is in no output, file, error or debug log, except the output of `secret`', async () => {
    const cwd = temporaryFolder();
    // A handler that leaks its secret and everything that it received.
    echo = await httpTarget((message, response) => {
      response
        .writeHead(401, { 'x-secret': marked })
        .end(`secret ${marked} key ${key} of ${JSON.stringify(message.headers)}`);
    });
    const listener = await startListen(['--verbose', '--forward-to', echo.url], { cwd, env: own });
    await runCommand(['send', 'user.created', '--to', listener.url], { cwd, env: own });
    await post(listener.url, { body: JSON.stringify({ type: 'x.y', data: {} }) });
    await listener.stop();
    const outputs = [listener.io.stdout.text + listener.io.stderr.text];
    const lines = [
      ['send', 'user.created', '--to', echo.url],
      ['send', 'user.created', '--dry-run'],
      ['send', 'user.created', '--print', 'curl'],
      ['send', '--all', '--to', echo.url],
      ['send', 'user.created', '--count', '3', '--to', echo.url],
      ['send', 'user.created', '--fault', 'secret-as-text', '--to', echo.url],
      ['send', '--interceptor', 'PRE_SIGNUP', '--to', echo.url],
      ['send', 'user.created', '--secret', marked, '--to', echo.url],
      ['send', 'user.created', '--to', `http://${marked}:x@localhost:1/x`],
      ['send', marked],
      ['send', 'user.created', '--set', marked],
      ['send', 'user.created', '--timeout', marked],
      ['events', marked],
      ['listen', '--port', marked],
      ['replay', '--all', '--to', echo.url],
      ['replay', marked],
      ['captures'],
      ['captures', 'show', 'last'],
      ['captures', 'show', marked],
      ['captures', 'save', 'last', 'saved.json'],
      ['captures', '--limit', marked],
      ['verify', 'last'],
      ['verify', 'last', '--show-signed-text'],
      ['verify', 'last', '--secret', 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'],
      ['check', echo.url, '--report', 'junit:j.xml', '--report', 'markdown:m.md'],
      ['check', echo.url, '--only', marked],
      ['demo'],
      ['completion', marked],
      [marked],
    ];
    for (const line of lines) {
      for (const flags of [[], ['--verbose', '--debug'], ['--json']]) {
        for (const more of [{}, { ...github, GITHUB_STEP_SUMMARY: join(cwd, 'summary.md') }]) {
          const ran = await runCommand([...line, ...flags], { cwd, env: { ...own, ...more } });
          outputs.push(ran.stdout + ran.stderr);
          const printed = ran.stdout + ran.stderr;
          for (const form of forms) expect(printed, [...line, ...flags].join(' ')).not.toContain(form);
        }
      }
    }
    for (const form of forms) expect(outputs.join('')).not.toContain(form);
    expect(filesWithSecret(cwd)).toBe('');
    const { stdout, stderr } = await runCommand(['secret'], { cwd, env: own });
    expect(stdout).toBe(`${marked}\n`);
    expect(stderr).not.toContain(key);
  }, 60_000);

  it('is in no response of the listener', async () => {
    const { url, stop } = await startListen([], { cwd: temporaryFolder(), env: own });
    const responses = await Promise.all(
      ['POST', 'GET', 'PUT', 'OPTIONS'].map(
        (method) =>
          new Promise<string>((resolve, reject) => {
            request(
              url,
              {
                method,
                headers: { 'webhook-id': 'a', 'webhook-timestamp': '1', 'webhook-signature': 'v1,x' },
              },
              (response) => {
                let text = `${response.statusCode}${JSON.stringify(response.headers)}`;
                response.on('data', (chunk) => {
                  text += chunk;
                });
                response.on('end', () => resolve(text));
              },
            )
              .on('error', reject)
              .end();
          }),
      ),
    );
    await stop();
    for (const response of responses) for (const form of forms) expect(response).not.toContain(form);
  });
});
