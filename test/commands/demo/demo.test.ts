import { describe, expect, it } from 'vitest';
import { runCommand } from '../../support/memory-io.ts';
import { temporaryFolder } from '../../support/temporary.ts';

describe('demo', () => {
  it('shows 52 verified events and a rejected forgery', async () => {
    const env = { XDG_CONFIG_HOME: temporaryFolder() };
    const { exitCode, stdout, stderr } = await runCommand(['demo'], { env });
    expect(exitCode).toBe(0);
    expect(stdout.match(/✓ 201 /g)).toHaveLength(52);
    expect(stdout.match(/✗ 401 .*signature_mismatch/g)).toHaveLength(1);
    expect(stderr).toMatch(/^53 received: 52 verified, 1 rejected\b.* \(201: 52, 401: 1\)/m);
  });

  it('--json prints only facts', async () => {
    const { facts } = await runCommand(['demo', '--json']);
    expect(facts).toHaveLength(54);
    expect(facts.at(-1)).toMatchObject({
      kind: 'summary',
      command: 'demo',
      ok: true,
      total: 53,
      accepted: 52,
      rejected: 1,
    });
  });
});
