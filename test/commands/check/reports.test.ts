import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { runCommand, testSecret } from '../../support/memory-io.ts';
import { startHandler } from '../../support/processes.ts';
import { repository } from '../../support/repository.ts';
import { answering, closedPort, httpTarget } from '../../support/targets.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const env = { SCALEKIT_WEBHOOK_SECRET: testSecret };
const schema = readFileSync(join(repository, 'test/support/junit.xsd'), 'utf8');

/** Text that breaks out of XML, HTML, Markdown tables, GitHub commands or a terminal unless it is escaped. */
const hostile =
  ']]></failure><script>alert(1)</script> & "quoted" \'single\' | cell | `code` \n::error title=x::owned\n##[error]owned\n%0A \x1b[31mred\x07 \u202egnp.exe \u0000 \ufffe 🎉 [link](javascript:x) ![i](http://x)';

async function validate(xml: string): Promise<void> {
  const { valid, errors } = await validateXML({
    xml: [{ fileName: 'junit.xml', contents: xml }],
    schema: [schema],
  });
  expect(errors.map(({ message }) => message)).toEqual([]);
  expect(valid).toBe(true);
}

/** Runs check with both reports, in folders that do not exist yet. */
async function reported(url: string, flags: string[] = [], more: Record<string, string> = {}) {
  const cwd = temporaryFolder();
  const files = ['--report', 'junit:made/for/junit.xml', '--report', 'markdown:made/too/check.md'];
  const ran = await runCommand(['check', url, ...files, ...flags], { env: { ...env, ...more }, cwd });
  const read = (path: string) => readFileSync(join(cwd, path), 'utf8');
  return { ...ran, junit: read('made/for/junit.xml'), markdown: read('made/too/check.md') };
}

const count = (xml: string, tag: string) => xml.match(new RegExp(`<${tag}[ />]`, 'g'))?.length ?? 0;

describe('--report', () => {
  it('a correct handler: valid JUnit with a test case for each check and no failures', async () => {
    const { url } = await startHandler('express');
    const { exitCode, junit, markdown } = await reported(url);
    expect(exitCode).toBe(0);
    await validate(junit);
    expect(count(junit, 'testcase')).toBe(119);
    expect(count(junit, 'failure') + count(junit, 'error') + count(junit, 'skipped')).toBe(0);
    expect(junit).toContain('<testcase classname="scalekit-hooks.rejects.other-keys" name="wrong-secret"');
    expect(markdown).toMatch(/119 passed, 0 failed/);
  });

  it('a handler that answers hostile text: escaped in every output', async () => {
    const target = await httpTarget((_request, response) =>
      response.writeHead(500, { 'content-type': 'text/plain' }).end(hostile),
    );
    const summary = join(temporaryFolder(), 'summary.md');
    const github = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary };
    const { exitCode, junit, markdown, stdout, stderr } = await reported(target.url, [], github);
    expect(exitCode).toBe(1);
    await validate(junit);
    expect(junit).toContain(']]&gt;&lt;/failure&gt;');
    for (const text of [junit, markdown, stdout, stderr, readFileSync(summary, 'utf8')]) {
      expect(text).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]/);
    }
    for (const text of [junit, markdown, readFileSync(summary, 'utf8')])
      expect(text).not.toContain('<script>');
    for (const text of [stdout, stderr.replace(/^::(error|warning) title=/gm, '')]) {
      expect(text).not.toMatch(/^\s*::|##\[/m);
    }
  });

  it('a handler that accepts everything: failures with a code and a rerun command', async () => {
    const target = await answering(200, hostile);
    const { junit, markdown } = await reported(target.url);
    await validate(junit);
    // Each of the checks, and the diagnosis.
    expect(count(junit, 'failure')).toBe(20);
    expect(junit).toMatch(/<testcase classname="scalekit-hooks.diagnosis" name="accepts-everything"/);
    expect(junit.match(/^cause: .*\bdoes not verify\b.*$/gm)).toHaveLength(19);
    expect(junit).toContain('type="accepted"');
    expect(junit).toContain(`rerun: npx scalekit-hooks check ${target.url} --only wrong-secret`);
    expect(junit).toMatch(/<testsuites [^>]*tests="120" failures="20" errors="0" skipped="1"/);
    expect(markdown).toMatch(/^### .*\bdoes not verify\b/m);
    const rows = markdown.split('\n').filter((line) => line.startsWith('| ❌'));
    expect(rows).toHaveLength(19);
    for (const row of rows) expect(row.replaceAll('\\|', '').split('|')).toHaveLength(8);
  });

  it('text in a Markdown table neither ends a cell nor becomes a link', async () => {
    const location = '/a|b`c`<i>[x](http://e)*';
    const target = await httpTarget((request, response) => {
      const isSigned = request.headers['webhook-signature'] !== undefined;
      response.writeHead(isSigned ? 201 : 302, isSigned ? {} : { location }).end();
    });
    const { markdown } = await reported(target.url, ['--only', 'no-signature', '--only', 'no-redirect']);
    const row = markdown.split('\n').find((line) => line.includes('<code>no-redirect</code>'))!;
    expect(row).toContain(' to /a\\|b\\`c\\`&lt;i&gt;\\[x\\]\\(http:&#47;&#47;e\\)\\*');
    expect(row).toContain('| 302 ');
    expect(row.replaceAll('\\|', '').split('|')).toHaveLength(8);
  });

  it('replaces an earlier report, and a link rather than what it leads to; nothing else is left', async () => {
    const cwd = temporaryFolder();
    const { url } = await answering(201);
    writeFileSync(join(cwd, 'precious'), 'untouched');
    symlinkSync('precious', join(cwd, 'junit.xml'));
    const run = () =>
      runCommand(['check', url, '--only', 'plain', '--report', 'junit:junit.xml'], { env, cwd });
    await run();
    await run();
    expect(readFileSync(join(cwd, 'precious'), 'utf8')).toBe('untouched');
    expect(readFileSync(join(cwd, 'junit.xml'), 'utf8')).toMatch(/^<\?xml/);
    expect(readdirSync(cwd).sort()).toEqual(['junit.xml', 'precious']);
  });

  it('a named pipe or a device is an error before anything is sent', async () => {
    const cwd = temporaryFolder();
    const target = await answering(201);
    execFileSync('mkfifo', [join(cwd, 'pipe')]);
    for (const path of ['pipe', '/dev/null']) {
      const ran = await runCommand(['check', target.url, '--report', `junit:${path}`], { env, cwd });
      expect(ran).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('not a regular file') });
    }
    expect(target.requests).toEqual([]);
  });

  it('--strict: warnings are failures in reports, too', async () => {
    const target = await answering(201);
    const flags = ['--only', 'get', '--strict'];
    const { exitCode, junit } = await reported(target.url, flags);
    expect(exitCode).toBe(1);
    await validate(junit);
    expect(count(junit, 'failure')).toBe(1);
    const lenient = await reported(target.url, ['--only', 'get']);
    expect(lenient.exitCode).toBe(0);
    await validate(lenient.junit);
    expect(lenient.junit).toContain('<system-out>warning: ');
  });

  it('nothing listens: an error instead of a failure, and exit code 3', async () => {
    const host = `127.0.0.1:${await closedPort()}`;
    const { exitCode, junit, markdown, stdout } = await reported(`http://${host}/webhook`);
    expect(exitCode).toBe(3);
    await validate(junit);
    expect(count(junit, 'error')).toBe(2);
    expect(count(junit, 'testcase')).toBe(2);
    expect(junit).toMatch(/<error [^>]*type="no-answer"/);
    expect(markdown).toMatch(new RegExp(`^### .*${host}$`, 'm'));
    expect(stdout).toMatch(new RegExp(`^✗ .*${host}$`, 'm'));
    expect(stdout).toMatch(/^ {2}evidence: .*connection_refused$/m);
  });

  it.each([
    ['junit', 'invalid_value'],
    ['junit:', 'invalid_value'],
    ['pdf:report.pdf', 'invalid_value'],
    ['junit:folder', 'unwritable_file'],
    ['junit:file/report.xml', 'unwritable_file'],
  ])('%s: rejected before anything is sent', async (report, code) => {
    const target = await answering(201);
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, 'folder'));
    writeFileSync(join(cwd, 'file'), '');
    const ran = await runCommand(['check', target.url, '--json', '--report', report], { env, cwd });
    expect(ran.exitCode).toBe(2);
    expect(ran.facts).toMatchObject([{ kind: 'error', code }]);
    expect(target.requests).toEqual([]);
  });
});

describe('the hint after a failure in a terminal', () => {
  const checked = async (flags: string[], isTerminal = true) => {
    const { url } = await answering(201);
    return runCommand(['check', url, ...flags], { env, isTerminal });
  };
  const failing = ['--only', 'wrong-secret'];

  it('names the flag, or the paths of the reports', async () => {
    const { stderr } = await checked(failing);
    expect(stderr.match(/--report html:/g)).toHaveLength(1);
    const reports = ['--report', 'html:made/report.html', '--report', 'junit:junit.xml'];
    const written = await checked([...failing, ...reports]);
    expect(written.stderr.match(/\/made\/report\.html\b/g)).toHaveLength(1);
    expect(written.stderr).toContain('/junit.xml');
    expect(written.stderr).not.toContain('--report');
  });

  it('is not printed without a terminal, with --json or --quiet, or if nothing failed', async () => {
    const ran = [
      await checked(failing, false),
      await checked([...failing, '--json']),
      await checked([...failing, '--quiet']),
      await checked(['--only', 'plain']),
    ];
    expect(ran.map(({ exitCode }) => exitCode)).toEqual([1, 1, 1, 0]);
    for (const { stderr } of ran) expect(stderr).not.toContain('--report');
  });
});

describe('under GITHUB_ACTIONS', () => {
  it('prints an annotation for each diagnosis and other failure to stderr, and appends the summary to the file', async () => {
    const target = await answering(201);
    const summary = join(temporaryFolder(), 'summary.md');
    writeFileSync(summary, 'output of another step\n');
    const ran = await runCommand(['check', target.url, '--quiet'], {
      env: { ...env, GITHUB_ACTIONS: '1', GITHUB_STEP_SUMMARY: summary },
    });
    const commands = ran.stderr.split('\n').filter((line) => line.startsWith('::'));
    expect(commands).toHaveLength(5);
    expect(commands[0]).toMatch(
      /^::error title=check%3A .*\bdoes not verify\b.*::no-headers, no-id, .*, secret-as-text%0Afix: .*\b401\b/,
    );
    expect(commands.slice(1).map((line) => line.split('::')[1])).toEqual([
      'warning title=check not-json',
      'warning title=check empty-body',
      'warning title=check empty-unsigned',
      'warning title=check get',
    ]);
    expect(ran.stdout).not.toMatch(/^::/m);
    expect(readFileSync(summary, 'utf8')).toMatch(/^output of another step\n## ❌ scalekit-hooks check/);
  });

  it.each(['false', '0', ''])('no annotations if it is "%s"', async (value) => {
    const target = await answering(201);
    const summary = join(temporaryFolder(), 'summary.md');
    const github = { GITHUB_ACTIONS: value, GITHUB_STEP_SUMMARY: summary };
    const ran = await runCommand(['check', target.url, '--only', 'wrong-secret'], {
      env: { ...env, ...github },
    });
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).not.toContain('::error');
    expect(existsSync(summary)).toBe(false);
  });
});

describe('--report with generated events and effects', () => {
  it('each smallest event is a failing case with its text, and so is a check of effects', async () => {
    const users: string[] = [];
    const handler = await httpTarget((_request, response) => {
      const { body, headers } = handler.requests.at(-1)!;
      try {
        new Webhook(testSecret).verify(body.toString(), headers as Record<string, string>);
      } catch {
        return response.writeHead(401).end();
      }
      const { data } = JSON.parse(body.toString());
      users.push(data.id);
      response.writeHead(data.title === '' ? 500 : 200).end('the title');
    });
    const state = await httpTarget((_request, response) => response.end(users.join(' ')));
    const selected = ['plain', 'repeated', 'fuzz'].flatMap((name) => ['--only', name]);
    const flags = [
      '--fuzz',
      '300',
      '--seed',
      '1',
      '--type',
      '*user_created',
      '--observe',
      state.url,
      '--settle',
      '50ms',
    ];
    const { exitCode, junit, markdown } = await reported(handler.url, [...selected, ...flags]);
    expect(exitCode).toBe(1);
    await validate(junit);
    expect(junit).toMatch(
      /<testcase classname="scalekit-hooks.effects.effects" name="repeated"[^>]*><failure/,
    );
    const [, found] =
      /<testcase classname="scalekit-hooks.fuzz.counterexample" name="[^"]*data.title is &quot;&quot;"[^>]*>([\s\S]*?)<\/testcase>/.exec(
        junit,
      )!;
    expect(found).toContain('&quot;title&quot;: &quot;&quot;');
    expect(found).toMatch(/^resend: npx scalekit-hooks send /m);
    expect(markdown).toContain('data.title is ""');
  });
});
