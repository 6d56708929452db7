import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { linesToPrepare } from '../../src/main.ts';
import { readFacts, runCommand, testSecret } from '../support/memory-io.ts';
import { installInto, packInto } from '../support/package.ts';
import { startProcess } from '../support/processes.ts';
import { repository } from '../support/repository.ts';
import { answering, closedPort } from '../support/targets.ts';

interface Block {
  readonly info: string;
  readonly text: string;
}
interface Step {
  readonly command: string;
  readonly shown: string[];
  readonly printed: string[];
  readonly isRun: boolean;
}
const load = <T>(file: string) => import(join(repository, 'test/docs', file)) as Promise<T>;
const { pages } = await load<{ pages: string[] }>('pages.mjs');
const { blocksOf, excerpt } = await load<{
  blocksOf(page: string): Block[];
  excerpt(lines: readonly string[], info: string): string[];
}>('markdown.mjs');
const { runPage, normalized } = await load<{
  runPage(page: string, program: string): Promise<Map<Block, Step[]>>;
  normalized(line: string): string;
}>('session.mjs');
const { factKinds, jsonTables, schemaOfKind } = await load<{
  factKinds(): { kind: string }[];
  jsonTables(kinds: unknown): string;
  schemaOfKind(kind: unknown): object;
}>('generated.mjs');

const read = (path: string) => readFileSync(join(repository, path), 'utf8');

describe('console blocks are what the commands print (npm run docs writes them)', () => {
  let folder: string;
  let program: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'scalekit-hooks-docs-'));
    program = installInto(folder, packInto(folder).tarball);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.concurrent.each(pages)('%s', { timeout: 120_000 }, async (page) => {
    const results = await runPage(read(page), program);
    for (const [block, steps] of results) {
      for (const { command, shown, printed, isRun } of steps) {
        const expected = isRun ? excerpt(printed, block.info) : [];
        expect(shown.map(normalized), `$ ${command}`).toEqual(expected.map(normalized));
      }
    }
  });
});

describe('what is generated is current (npm run docs writes it)', () => {
  const kinds = factKinds();

  it('the tables of docs/json.md', () => {
    expect(read('docs/json.md')).toContain(jsonTables(kinds));
  });

  it.each(kinds.map(({ kind }) => kind))('docs/schema/%s.json', (name) => {
    const kind = kinds.find((each) => each.kind === name);
    expect(JSON.parse(read(`docs/schema/${name}.json`))).toEqual(
      JSON.parse(JSON.stringify(schemaOfKind(kind))),
    );
  });

  it('no schema without a kind', () => {
    const files = readdirSync(join(repository, 'docs/schema')).map((name) => name.replace('.json', ''));
    expect(files.sort()).toEqual(kinds.map(({ kind }) => kind).sort());
  });

  it('docs/commands.md has every flag of every command', async () => {
    const text = read('docs/commands.md');
    for (const line of await linesToPrepare()) {
      if (line === '--help' || line.startsWith('completion ')) continue;
      const { stdout } = await runCommand(line.split(' '));
      const own = stdout.slice(0, stdout.indexOf('Global options'));
      const flags = [...own.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, flag]) => flag!);
      for (const flag of flags) if (flag !== '--help') expect(text, `${line} ${flag}`).toContain(flag);
    }
  });
});

describe('real output fits the schemas', () => {
  const schemas = new Map(
    factKinds().map((kind) => [kind.kind, z.fromJSONSchema(JSON.parse(JSON.stringify(schemaOfKind(kind))))]),
  );
  const env = { SCALEKIT_WEBHOOK_SECRET: testSecret };

  it.each([
    [['send', 'user.created', 'user.deleted', '--json']],
    [['send', 'user.created', '--dry-run', '--json']],
    [['send', 'user.creatd', '--json']],
    [['send', '--interceptor', 'PRE_SIGNUP', '--json']],
    [['events', '--json']],
    [['secret', '--json']],
    [['demo', '--json']],
    [['check', '--list', '--json']],
    [['check', '--only', 'body', '--json']],
    [['captures', '--json']],
    [['verify', '--body', '{}', '-H', 'webhook-id: x', '--json']],
  ])('%j', async (args) => {
    for (const url of [
      (await answering(201)).url,
      (await answering(401)).url,
      `http://127.0.0.1:${await closedPort()}`,
    ]) {
      const ran = await runCommand(args, { env: { ...env, SCALEKIT_HOOKS_TO: url } });
      for (const fact of readFacts(ran.stdout)) {
        const result = schemas.get(String(fact.kind))!.safeParse(fact);
        expect(result.error?.issues ?? [], JSON.stringify(fact)).toEqual([]);
      }
    }
  });

  it('a schema rejects what is not its kind', () => {
    const wrong = { kind: 'secret', v: 1, time: new Date().toISOString(), secret: 1, source: 'x' };
    expect(schemas.get('secret')!.safeParse(wrong).success).toBe(false);
  });
});

describe('the pages', () => {
  const readme = read('README.md');

  it('the README has at most 180 lines, and the two commands are near its top', () => {
    expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(180);
    const top = readme.split('\n').slice(0, 25).join('\n');
    expect(top).toContain('npm ci && npx scalekit-hooks demo');
    expect(top).toContain('npm ci && npm test');
  });

  it.each([...pages, 'CONTRIBUTING.md', 'CHANGELOG.md'])('%s: every link leads somewhere', (page) => {
    const links = [...read(page).matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link!);
    const headings = (text: string) =>
      [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
        heading!
          .toLowerCase()
          .replaceAll(/[^\w\- ]/g, '')
          .replaceAll(' ', '-'),
      );
    for (const link of links.filter((each) => !each.startsWith('http'))) {
      const [path, anchor] = link.split('#');
      const file = path === '' ? page : join(dirname(page), path!);
      expect(existsSync(join(repository, file)), `${page} links to ${link}`).toBe(true);
      if (anchor) expect(headings(read(file)), `${page} links to ${link}`).toContain(anchor);
    }
  });

  it.each([...pages, 'CONTRIBUTING.md'])('%s: lines of prose are at most 140 columns', (page) => {
    const prose = read(page)
      .replaceAll(/^```[\s\S]*?^```$/gm, '')
      .split('\n')
      .filter((line) => !line.startsWith('|') && !line.startsWith('!'));
    expect(prose.filter((line) => line.length > 140)).toEqual([]);
  });

  it('the workflow of docs/ci.md is valid, and its step passes', { timeout: 60_000 }, async () => {
    const block = blocksOf(read('docs/ci.md')).find(({ info }) => info.startsWith('yaml '))!;
    const workflow = parse(block.text) as {
      jobs: Record<
        string,
        { steps: { uses?: string; run?: string; env?: Record<string, string | number> }[] }
      >;
    };
    const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
    const [step] = steps.filter(({ run }) => run?.includes('scalekit-hooks'));
    const app = blocksOf(read('docs/ci.md')).find(({ info }) => info === 'js app.mjs')!;
    const port = await closedPort();
    const folder = mkdtempSync(join(tmpdir(), 'scalekit-hooks-workflow-'));
    try {
      const { writeFileSync, symlinkSync } = await import('node:fs');
      writeFileSync(join(folder, 'app.mjs'), app.text);
      writeFileSync(join(folder, 'package.json'), '{"type":"module","scripts":{"start":"node app.mjs"}}');
      symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
      const command = step!
        .run!.replace(
          'npx scalekit-hooks',
          `'${process.execPath}' '${join(repository, 'bin/scalekit-hooks.cjs')}'`,
        )
        .replaceAll('8080', String(port));
      const summary = join(folder, 'summary.md');
      const ran = startProcess('bash', ['-c', `cd '${folder}' && ${command}`], {
        env: {
          PATH: process.env.PATH ?? '',
          HOME: folder,
          PORT: String(port),
          GITHUB_ACTIONS: 'true',
          GITHUB_STEP_SUMMARY: summary,
        },
      });
      expect(await ran.ended, ran.stdout() + ran.stderr()).toBe(0);
      expect(readFileSync(join(folder, 'reports/webhook.xml'), 'utf8')).toContain('<testsuites ');
      expect(readFileSync(summary, 'utf8')).toMatch(/\d+ passed, 0 failed/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
