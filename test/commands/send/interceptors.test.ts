import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Scalekit } from '@scalekit-sdk/node';
import { describe, expect, it } from 'vitest';
import { triggerPoints } from '../../../src/events/catalog/trigger-points.ts';
import { runCommand, testSecret } from '../../support/memory-io.ts';
import { startProcess } from '../../support/processes.ts';
import { repository } from '../../support/repository.ts';
import { answering, httpTarget } from '../../support/targets.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const env = { SCALEKIT_INTERCEPTOR_SECRET: testSecret };
const scalekit = new Scalekit('https://example.scalekit.dev', 'id', 'secret');
const allow = '{"decision":"ALLOW"}';
const json = { 'content-type': 'application/json' };

const ask = (args: string[], more = {}) => runCommand(['send', ...args], { env, ...more });

async function startInterceptor(response?: string): Promise<string> {
  const file = join(repository, 'test/support/handlers/interceptor.mjs');
  const started = startProcess(process.execPath, [file], {
    env: { ...env, ...(response && { ANSWER: response }) },
  });
  const [, port] = await started.until(/listening on (\d+)/);
  return `http://127.0.0.1:${port}/interceptor`;
}

describe('the request', () => {
  it.each(triggerPoints)('%s verifies with the SDK by both kinds of headers', async (trigger) => {
    const target = await answering(200, allow, json);
    expect(await ask(['--interceptor', trigger, '--to', target.url])).toMatchObject({ exitCode: 0 });
    const [request] = target.requests;
    const [headers, body] = [request!.headers as Record<string, string>, request!.body.toString()];
    expect(scalekit.verifyInterceptorPayload(testSecret, headers, body)).toBe(true);
    expect(scalekit.verifyWebhookPayload(testSecret, headers, body)).toBe(true);
    for (const part of ['id', 'timestamp', 'signature'])
      expect(headers[`webhook-${part}`]).toBe(headers[`interceptor-${part}`]);
    const { trigger_point, interceptor_context: context } = JSON.parse(body);
    expect(trigger_point).toBe(trigger);
    expect(Math.abs(Date.parse(context.triggered_at) - Date.now())).toBeLessThan(60_000);
    expect(body).toBe(JSON.stringify(JSON.parse(body)));
  });

  it('--interceptor-headers-only omits the webhook-* headers', async () => {
    const target = await answering(200, allow, json);
    await ask(['--interceptor', 'PRE_SIGNUP', '--interceptor-headers-only', '--to', target.url]);
    const { headers } = target.requests[0]!;
    expect(Object.keys(headers).filter((name) => /^(webhook|interceptor)-/.test(name))).toEqual([
      'interceptor-id',
      'interceptor-timestamp',
      'interceptor-signature',
    ]);
  });

  it('can be edited, including its time', async () => {
    const target = await answering(200, allow, json);
    const edits = [
      '--set',
      'data.user.email=x@example.com',
      '--set',
      'interceptor_context.triggered_at=never',
      '--unset',
      'data.user.memberships',
    ];
    await ask(['--interceptor', 'PRE_SIGNUP', ...edits, '--to', target.url]);
    const { data, interceptor_context: context } = JSON.parse(target.requests[0]!.body.toString());
    expect(data.user).toMatchObject({ email: 'x@example.com' });
    expect(data.user.memberships).toBeUndefined();
    expect(context.triggered_at).toBe('never');
  });

  it('a custom file replaces the sample', async () => {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, 'mine/interceptors'), { recursive: true });
    writeFileSync(join(cwd, 'mine/interceptors/PRE_SIGNUP.json'), '{"trigger_point":"PRE_SIGNUP","data":{}}');
    const { stdout } = await ask(
      ['--interceptor', 'PRE_SIGNUP', '--fixtures', 'mine', '--dry-run', '--json'],
      { cwd },
    );
    expect(JSON.parse(stdout).body).toBe('{"data":{},"trigger_point":"PRE_SIGNUP"}');
    expect((await runCommand(['events', '--fixtures', 'mine'], { cwd })).stdout).not.toContain('PRE_SIGNUP');
  });
});

describe('the response', () => {
  it('shows ALLOW with its claims, and DENY with its message', async () => {
    const url = await startInterceptor();
    const { stdout, exitCode } = await ask(['--interceptor', 'PRE_SESSION_CREATION', '--to', url]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^✓ 200 .* PRE_SESSION_CREATION {2}ALLOW\n {2}claim tier: "gold"\n$/);
    const denied = await ask([
      '--interceptor',
      'PRE_SIGNUP',
      '--to',
      url,
      '--secret',
      `whsec_${Buffer.alloc(24).toString('base64')}`,
    ]);
    expect(denied.stdout).toMatch(/^✓ 200 .* PRE_SIGNUP {2}DENY "Unauthorized request"\n$/);
    expect(denied.exitCode).toBe(0);
  });

  it('a forged request is rejected by DENY, and not by ALLOW', async () => {
    const right = await ask([
      '--interceptor',
      'PRE_SIGNUP',
      '--to',
      await startInterceptor(),
      '--fault',
      'wrong-secret',
    ]);
    expect(right).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('rejected as expected (wrong-secret)'),
    });
    const open = await answering(200, allow, json);
    const hole = await ask(['--interceptor', 'PRE_SIGNUP', '--to', open.url, '--fault', 'wrong-secret']);
    expect(hole).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('not rejected (wrong-secret)'),
    });
    expect(hole.stderr).toMatch(/^ {2}.*\bforged\b.*\n {2}fix: .*"decision":"DENY"/m);
    expect(right.stderr).not.toContain('fix:');
  });

  it('a response that breaks the contract: exit code 1, with the problem', async () => {
    const url = await startInterceptor('{"decision":"yes"}');
    const { stdout, exitCode } = await ask(['--interceptor', 'PRE_SIGNUP', '--to', url]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /^✗ 200 .*\n {2}response: \{"decision":"yes"\}\n {2}problem: .*\bdecision\b.*\bALLOW\b.*\bDENY\n$/,
    );
  });

  it('--json has the decision and remarks', async () => {
    const url = await startInterceptor('{"decision":"DENY","error":{"message":"no"},"response":{}}');
    const { facts } = await ask(['--interceptor', 'PRE_SIGNUP', '--to', url, '--json']);
    expect(facts).toMatchObject([
      {
        kind: 'intercepted',
        trigger_point: 'PRE_SIGNUP',
        ok: true,
        decision: 'DENY',
        decision_message: 'no',
        problems: [],
        remarks: [expect.stringMatching(/\bresponse\b.*\bALLOW\b/)],
      },
    ]);
  });

  it('the default timeout is 5 s', async () => {
    const target = await httpTarget(() => {});
    const started = Date.now();
    const { stdout, stderr, exitCode } = await ask(['--interceptor', 'PRE_SIGNUP', '--to', target.url]);
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/^✗ timeout/);
    expect(stderr).toMatch(/^ {2}.*failure policy.*\n {2}fix: .*\b5 s\b.*--timeout/m);
    expect(Date.now() - started).toBeGreaterThanOrEqual(4900);
    expect(Date.now() - started).toBeLessThan(9000);
  }, 15_000);
});

describe('bad input', () => {
  it.each([
    [['PRE_SIGNUP'], 'trigger_point_as_type'],
    [['--interceptor', 'PRE_SIGNP'], 'unknown_trigger_point'],
    [['--interceptor', 'pre_signup'], 'unknown_trigger_point'],
    [['--interceptor', 'PRE_SIGNUP', 'user.created'], 'conflicting_flags'],
    [['--interceptor', 'PRE_SIGNUP', '--all'], 'conflicting_flags'],
    [['--interceptor', 'PRE_SIGNUP', '--body', '{}'], 'conflicting_flags'],
    [['--interceptor', 'PRE_SIGNUP', '--retry'], 'conflicting_flags'],
    [['--interceptor', 'PRE_SIGNUP', '--keep-id'], 'conflicting_flags'],
    [['user.created', '--interceptor-headers-only'], 'missing_flag'],
    [['--interceptor', 'PRE_SIGNUP', '-H', 'interceptor-id: x'], 'signature_header'],
    [['--interceptor', 'PRE_SIGNUP', '--set', 'data.nobody=1'], 'no_such_field'],
  ])('%j', async (args, code) => {
    expect(await ask([...args, '--json'])).toMatchObject({ exitCode: 2, facts: [{ code }] });
  });

  it('suggests the nearest trigger point', async () => {
    expect((await ask(['--interceptor', 'pre_signup'])).stderr).toMatch(
      /"pre_signup" \[unknown_trigger_point\]\n {2}.*\bPRE_SIGNUP\?/,
    );
  });

  it('without SCALEKIT_INTERCEPTOR_SECRET, signs with the generated secret and prints a note', async () => {
    const target = await answering(200, allow, json);
    const folder = temporaryFolder();
    const { stderr } = await runCommand(['send', '--interceptor', 'PRE_SIGNUP', '--to', target.url], {
      env: { SCALEKIT_WEBHOOK_SECRET: testSecret, XDG_CONFIG_HOME: folder },
    });
    expect(stderr).toMatch(/^note: SCALEKIT_INTERCEPTOR_SECRET is not set\b/);
    expect(stderr).toMatch(/^note: .* whsec_\S{2}… from \S+\/scalekit-hooks\/secret$/m);
    expect(stderr.split(`${folder}/scalekit-hooks/secret\n`)).toHaveLength(3);
    const headers = target.requests[0]!.headers as Record<string, string>;
    const verified = scalekit.verifyInterceptorPayload(
      readFileSync(join(folder, 'scalekit-hooks/secret'), 'utf8').trim(),
      headers,
      target.requests[0]!.body.toString(),
    );
    expect(verified).toBe(true);
  });
});
