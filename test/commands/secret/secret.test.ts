import { describe, expect, it } from 'vitest';
import { runCommand, testSecret } from '../../support/memory-io.ts';
import { httpTarget } from '../../support/targets.ts';
import { temporaryFolder } from '../../support/temporary.ts';

describe('secret', () => {
  it('prints the secret in use and nothing else on stdout', async () => {
    const ran = await runCommand(['secret'], { env: { SCALEKIT_WEBHOOK_SECRET: testSecret } });
    expect(ran).toMatchObject({
      exitCode: 0,
      stdout: `${testSecret}\n`,
      stderr: expect.stringMatching(/^note: [^\n]*from SCALEKIT_WEBHOOK_SECRET\n$/),
    });
  });

  it('creates a secret, which send then uses', async () => {
    const env = { XDG_CONFIG_HOME: temporaryFolder() };
    const { stdout } = await runCommand(['secret'], { env });
    const target = await httpTarget();
    const sent = await runCommand(['send', 'user.created', '--to', target.url], { env });
    expect(sent.stderr).toContain(`signed with ${stdout.slice(0, 8)}… from ${env.XDG_CONFIG_HOME}`);
  });

  it('--json prints the secret and its source', async () => {
    const { facts } = await runCommand(['secret', '--json'], {
      env: { SCALEKIT_WEBHOOK_SECRET: testSecret },
    });
    expect(facts).toMatchObject([{ kind: 'secret', secret: testSecret, source: 'SCALEKIT_WEBHOOK_SECRET' }]);
  });
});
