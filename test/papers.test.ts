import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { testSecret } from './support/memory-io.ts';
import { startHandler } from './support/processes.ts';
import { bin, repository } from './support/repository.ts';
import { temporaryFolder } from './support/temporary.ts';

const read = (path: string) => readFileSync(join(repository, path), 'utf8');
interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Record<string, string>;
}

describe('workflows', () => {
  const folder = join(repository, '.github/workflows');
  const files = [...readdirSync(folder).map((name) => `.github/workflows/${name}`), 'action.yml'];

  it.each(files)('%s pins every action by commit', (file) => {
    const used = [...read(file).matchAll(/uses: (\S+)/g)].map(([, action]) => action!);
    expect(used.length).toBeGreaterThan(0);
    for (const action of used) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
    expect(parse(read(file))).toBeTypeOf('object');
  });

  it('the release has provenance, and no token', () => {
    const release = parse(read('.github/workflows/release.yml'));
    expect(release.jobs.publish.permissions['id-token']).toBe('write');
    expect(read('.github/workflows/release.yml')).not.toMatch(/secrets\.|TOKEN/);
  });
});

describe('action.yml', () => {
  const { runs, inputs } = parse(read('action.yml')) as {
    runs: { steps: Step[] };
    inputs: Record<string, { default?: string }>;
  };

  /** Runs its first step as the runner would, with npx replaced by this program. */
  async function run(given: Record<string, string>) {
    const cwd = temporaryFolder();
    const tools = join(cwd, 'tools');
    mkdirSync(tools);
    writeFileSync(join(tools, 'npx'), `#!/bin/sh\nshift 4\nexec '${process.execPath}' '${bin}' "$@"\n`, {
      mode: 0o755,
    });
    const [step] = runs.steps;
    const env = Object.fromEntries(
      Object.entries(step!.env!).map(([name, value]) => {
        const input = /inputs\.(\w+)/.exec(value)![1]!;
        return [name, given[input] ?? inputs[input]!.default ?? ''];
      }),
    );
    const { status, stdout, stderr } = spawnSync('bash', ['-e', '-c', step!.run!], {
      cwd,
      env: { PATH: `${tools}:${process.env.PATH}`, HOME: cwd, ...env },
      encoding: 'utf8',
    });
    return { status, output: stdout + stderr, reports: join(cwd, env.REPORTS!), cwd };
  }

  it('starts an app, checks it, and writes every report', async () => {
    const file = join(repository, 'test/support/handlers/field.mjs');
    const port = '4599';
    const ran = await run({
      url: `localhost:${port}/webhook/right`,
      start: `PORT=${port} '${process.execPath}' '${file}'`,
      arguments: "--only 'plain'",
    });
    expect(ran.status, ran.output).toBe(0);
    expect(readdirSync(ran.reports).sort()).toEqual(['webhook.html', 'webhook.md', 'webhook.xml']);
  });

  it('an input is never a command', async () => {
    const { url } = await startHandler('express');
    const ran = await run({ url: `${url}$(touch owned)`, start: '' });
    expect(existsSync(join(ran.cwd, 'owned'))).toBe(false);
    expect(ran.status).not.toBe(0);
    for (const text of [
      '$(touch owned)',
      '`touch owned`',
      '--strict; touch owned',
      '--only "$(touch owned)"',
    ]) {
      const other = await run({ url, arguments: `--dry-run ${text}` });
      expect(existsSync(join(other.cwd, 'owned')), text).toBe(false);
      expect(other.status, text).toBe(2);
    }
  });

  it('arguments keep quoted words together, over several lines too', async () => {
    const { url } = await startHandler('express');
    const ran = await run({
      url,
      arguments: `--only 'plain' --secret ${testSecret}\n--header "x-note: two words"\n`,
    });
    expect(ran.status, ran.output).toBe(0);
    const unfinished = await run({ url, arguments: `--only "plain` });
    expect(unfinished.status).not.toBe(0);
    expect(unfinished.output).toMatch(/unmatched|unterminated/);
  });
});

it('the tarball is reproducible: packed twice, it has the same bytes', () => {
  const hashes = [1, 2].map(() => {
    const folder = temporaryFolder();
    execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], {
      cwd: repository,
    });
    const [name] = readdirSync(folder);
    return createHash('sha256')
      .update(readFileSync(join(folder, name!)))
      .digest('hex');
  });
  expect(hashes[0]).toBe(hashes[1]);
}, 60_000);

it.each(['SECURITY.md', 'RELEASING.md', 'docs/agents.md', 'docs/skill/SKILL.md'])('%s is there', (path) => {
  expect(read(path).length).toBeGreaterThan(500);
});
