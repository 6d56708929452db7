import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../../support/memory-io.ts';
import { numbered, old, pull, pullEnv } from '../../support/pulling.ts';
import { clientId, clientSecret, scalekitStandIn } from '../../support/scalekit-stand-in.ts';
import { temporaryFolder } from '../../support/temporary.ts';

describe('credentials', () => {
  it('are named with their source and host before the first request, and never printed', async () => {
    const api = await scalekitStandIn(numbered(1));
    const ran = await pull(api.url, [...old, '--dry-run', '--verbose', '--debug']);
    expect(ran.stderr.split('\n')[0]).toMatch(
      /reading events from http:\/\/127\.0\.0\.1:\d+ with the credentials from the environment/,
    );
    expect(ran.stdout + ran.stderr).not.toContain(clientSecret);
    expect(ran.stdout + ran.stderr).not.toContain('token_1');
  });

  it('come from one source: a .env with the URL alone is an error, and nothing is sent to it', async () => {
    const api = await scalekitStandIn(numbered(1));
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, '.env'), `SCALEKIT_ENVIRONMENT_URL=${api.url}\n`);
    const env = { SCALEKIT_CLIENT_ID: clientId, SCALEKIT_CLIENT_SECRET: clientSecret };
    const mixed = await runCommand(['pull', ...old], { env, cwd });
    expect(mixed).toMatchObject({ exitCode: 2 });
    expect(mixed.stderr).toMatch(/missing_credentials/);
    expect(mixed.stderr).toMatch(/SCALEKIT_ENVIRONMENT_URL is not set in the environment/);
    expect(api.requests).toEqual([]);
    const lines = Object.entries(pullEnv(api.url)).map(([name, value]) => `${name}=${value}`);
    writeFileSync(join(cwd, '.env'), lines.join('\n'));
    expect(await runCommand(['pull', ...old, '--dry-run'], { cwd })).toMatchObject({ exitCode: 0 });
  });

  it.each<[string, Record<string, string>, RegExp]>([
    [
      'none',
      { SCALEKIT_ENVIRONMENT_URL: '', SCALEKIT_CLIENT_ID: '', SCALEKIT_CLIENT_SECRET: '' },
      /SCALEKIT_ENVIRONMENT_URL, SCALEKIT_CLIENT_ID and SCALEKIT_CLIENT_SECRET are not set/,
    ],
    ['no secret', { SCALEKIT_CLIENT_SECRET: '' }, /SCALEKIT_CLIENT_SECRET is not set in the environment/],
    ['http', { SCALEKIT_ENVIRONMENT_URL: 'http://acme.example' }, /unencrypted/],
    ['a path', { SCALEKIT_ENVIRONMENT_URL: 'https://acme.example/api' }, /path/],
    ['no URL', { SCALEKIT_ENVIRONMENT_URL: 'acme' }, /https:\/\//],
  ])('%s', async (_name, env, why) => {
    const ran = await pull('http://127.0.0.1:1', old, env);
    expect(ran).toMatchObject({ exitCode: 2 });
    expect(ran.stderr).toMatch(why);
  });

  it('a wrong secret ends at once', async () => {
    const api = await scalekitStandIn(numbered(1));
    const ran = await pull(api.url, old, { SCALEKIT_CLIENT_SECRET: 'another' });
    expect(ran).toMatchObject({ exitCode: 2 });
    expect(ran.stderr).toMatch(/credentials_denied/);
    expect(ran.stderr).not.toContain('another');
    expect(api.requests).toHaveLength(1);
  });
});
