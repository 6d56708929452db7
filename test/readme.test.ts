import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runCommand } from './support/memory-io.ts';
import { installInto, packInto } from './support/package.ts';
import { repository } from './support/repository.ts';
import { closedPort } from './support/targets.ts';

const readme = readFileSync(join(repository, 'README.md'), 'utf8');

/** A command of the README and the lines shown below it. */
interface Step {
  readonly command: string;
  readonly shown: string[];
}

/** Left out by name: they are what sets up and runs this very test. */
const leftOut = ['npm ci', 'npm test'];

interface Block {
  readonly info: string;
  readonly text: string;
}

function blocks(markdown: string): Block[] {
  return [...markdown.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map(([, info, text]) => ({
    info: info!,
    text: text!,
  }));
}

function steps(text: string): Step[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command, ...shown] = part.trimEnd().split('\n');
      const rest = command!.split(' && ').filter((piece) => !leftOut.includes(piece));
      return { command: rest.join(' && '), shown };
    })
    .filter(({ command }) => command !== '');
}

/** What differs from run to run, made alike. */
function normalized(line: string): string {
  return line
    .replaceAll(/\x1b\[[0-9;]*m/g, '')
    .replaceAll(/\b(evt_|msg_|cap_)\w+/g, '$1*')
    .replaceAll(/whsec_..…/g, 'whsec_*…')
    .replaceAll(/ +\d+(\.\d+)? m?s\b/g, ' * s')
    .replaceAll(/"duration_ms":[\d.]+/g, '"duration_ms":*')
    .replaceAll(/\d{4}-\d\d-\d\d[T ][\d:.]+Z?/g, '*')
    .replaceAll(/\d+ captures \([\d.]+ kB\)/g, '* captures')
    .replaceAll(/\d+ combinations/g, '* combinations')
    .replaceAll(/\d+ messages in .*$/g, '* messages in * s')
    .replaceAll(/sha256 [0-9a-f]{64}/g, 'sha256 *')
    .replaceAll(/webhook-timestamp: \d+/g, 'webhook-timestamp: *')
    .replaceAll(/v1,[\w+/]{43}=/g, 'v1,*')
    .replaceAll(/a listener on http:\/\/127\.0\.0\.1:\d+/g, 'a listener on *');
}

/** Holds what was printed against what is shown; a line of `…` stands for any lines. */
function compare(step: Step, printed: string): void {
  const shown = step.shown.filter((line) => line !== '^C').map(normalized);
  const lines = printed.replaceAll('^C', '').trimEnd().split('\n').map(normalized);
  const pattern = shown
    .map((line) => (line === '…' ? '(?:.*\n)*?' : `${line.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}\n`))
    .join('');
  const isAlike = new RegExp(`^${pattern || '\n'}$`).test(`${lines.join('\n')}\n`);
  if (!isAlike) expect(lines.join('\n'), `$ ${step.command}`).toBe(shown.join('\n'));
}

describe('the commands of the README, top to bottom', () => {
  let home: string;
  let work: string;
  let ports: Map<string, number>;
  /** What was left running, by its port, and the check of what it prints until it ends. */
  const running = new Map<string, { end(): Promise<string>; check(): Promise<void> }>();

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'scalekit-hooks-readme-'));
    work = join(home, 'work');
    mkdirSync(work);
    const program = installInto(home, packInto(home).tarball);
    writeFileSync(
      join(home, 'npx'),
      `#!/bin/sh\nif [ "$1" = scalekit-hooks ]; then shift; exec '${program}' "$@"; fi\nname=$1; shift; exec '${join(repository, 'node_modules/.bin')}'/$name "$@"\n`,
    );
    chmodSync(join(home, 'npx'), 0o755);
    symlinkSync(join(repository, 'node_modules'), join(work, 'node_modules'));
    ports = new Map([
      ['3000', await closedPort()],
      ['4000', await closedPort()],
      ['5000', await closedPort()],
      ['8080', await closedPort()],
    ]);
  });

  afterAll(async () => {
    for (const { end } of running.values()) await end();
    rmSync(home, { recursive: true, force: true });
  });

  /** The text with the README's ports replaced by free ones. */
  const onFreePorts = (text: string) =>
    text.replaceAll(/\b(3000|4000|5000|8080)\b/g, (port) => String(ports.get(port)));

  function start(command: string): Running {
    const child = spawn('bash', ['-c', `exec 2>&1; ${command}`], {
      cwd: work,
      detached: true, // A group of its own, so that Ctrl-C reaches all of it.
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: `${home}:${process.env.PATH}`,
        HOME: home,
        SCALEKIT_HOOKS_TO: `http://localhost:${ports.get('3000')}/webhook`,
      },
    });
    let printed = '';
    const listeners = new Set<() => void>();
    child.stdout.setEncoding('utf8').on('data', (text) => {
      printed += text;
      for (const listener of listeners) listener();
    });
    const ended = new Promise<string>((resolve) => {
      child.on('close', () => resolve(printed));
    });
    return {
      ended,
      until: (pattern) =>
        new Promise((resolve, reject) => {
          const look = () => pattern.test(printed) && resolve();
          listeners.add(look);
          ended.then(() => reject(new Error(`${command} ended before ${pattern}:\n${printed}`)));
          look();
        }),
      end() {
        if (child.exitCode === null) process.kill(-child.pid!, 'SIGINT');
        return ended;
      },
    };
  }

  const all: (Step | Block)[] = blocks(readme).flatMap((block): (Step | Block)[] => {
    if (block.info === 'console') return steps(block.text);
    return block.info.startsWith('js ') ? [block] : [];
  });

  it.each(all.map((item) => ({ title: 'command' in item ? `$ ${item.command}` : item.info, item })))(
    '$title',
    async ({ item }) => {
      if ('info' in item) return writeFileSync(join(work, item.info.slice(3)), onFreePorts(item.text));
      const step: Step = { command: onFreePorts(item.command), shown: item.shown.map(onFreePorts) };
      const isServer = /\blisten --|\bnode\b/.test(step.command) && !step.command.includes(' check ');
      if (!isServer) return compare(step, await start(step.command).ended);
      const port = /(?:--port |PORT=)(\d+)/.exec(step.command)?.[1] ?? String(ports.get('3000'));
      await running.get(port)?.check();
      const started = start(step.command);
      running.set(port, { end: started.end, check: async () => compare(step, await started.end()) });
      await started.until(/^(in another terminal|listening on).*$/m);
    },
  );

  it('what was left running printed what is shown, too', async () => {
    for (const { check } of running.values()) await check();
    running.clear();
  });

  it('the workflow is one, and its steps do what is said of them', async () => {
    const [block] = blocks(readme).filter(({ info }) => info.startsWith('yaml .github/workflows/'));
    const workflow = parse(block!.text) as Workflow;
    expect(Object.keys(workflow)).toEqual(expect.arrayContaining(['name', 'on', 'jobs']));
    const steps = Object.values(workflow.jobs).flatMap(({ steps }) => steps);
    expect(steps.filter(({ uses }) => uses).map(({ uses }) => uses!.split('@')[0])).toEqual([
      'actions/checkout',
      'actions/setup-node',
    ]);
    const commands = steps.filter(({ run }) => run !== undefined && !leftOut.includes(run));
    expect(commands).toHaveLength(1);
    writeFileSync(join(work, 'package.json'), '{"scripts":{"start":"node app.mjs"}}');
    const summary = join(home, 'summary.md');
    for (const { run, env } of commands) {
      const port = onFreePorts(String(env!.PORT));
      const github = `GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY='${summary}' PORT=${port}`;
      const printed = await start(`${github} ${onFreePorts(run!)}; echo "exit code $?"`).ended;
      expect(printed).toMatch(/^116 checks: 116 passed; \d+ messages in .*\nexit code 0$/m);
      expect(printed).not.toContain('::error');
    }
    expect(readFileSync(join(work, 'reports/webhook.xml'), 'utf8')).toContain('<testsuites ');
    expect(readFileSync(summary, 'utf8')).toContain('116 passed, 0 failed');
  });

  it('there are many, and each is run', () => {
    expect(all.length).toBeGreaterThan(15);
    const shown = [...readme.matchAll(/^\$ /gm)].length;
    expect(all.filter((item) => 'command' in item)).toHaveLength(shown - 1); // npm ci && npm test is left out whole.
  });
});

/** As much of a workflow as is looked at. */
interface Workflow {
  readonly jobs: Record<
    string,
    { steps: { uses?: string; run?: string; env?: Record<string, string | number> }[] }
  >;
}

interface Running {
  readonly ended: Promise<string>;
  until(pattern: RegExp): Promise<void>;
  /** Presses Ctrl-C; resolves with all that was printed. */
  end(): Promise<string>;
}

describe('what the README lists is what there is', () => {
  it('the two commands come first', () => {
    expect(steps(blocks(readme)[0]!.text).map(({ command }) => command)).toEqual(['npx scalekit-hooks demo']);
    expect(blocks(readme)[0]!.text).toMatch(
      /^\$ npm ci && npx scalekit-hooks demo$[\s\S]*^\$ npm ci && npm test$/m,
    );
  });

  it('the facts of --json and their members', () => {
    const source = readFileSync(join(repository, 'src/report/facts/index.ts'), 'utf8');
    const declared = new Map(
      [
        ...source.matchAll(/^export interface (\w+)(?: extends Omit<(\w+), ([^>]+)>)? \{\n([\s\S]*?)^\}/gm),
      ].map(([, name, base, omitted = '', body]) => {
        const members = [...body!.matchAll(/^ {2}(\w+): (?:'(\w+)';)?/gm)];
        return [name!, { base, omitted, members }];
      }),
    );
    const membersOf = (name: string): string[] => {
      const { base, omitted, members } = declared.get(name)!;
      const inherited = base ? membersOf(base).filter((member) => !omitted.includes(`'${member}'`)) : [];
      return [...inherited, ...members.map(([, member]) => member!)];
    };
    const expected = [...declared]
      .map(([name, { members }]) => [
        members.find(([, member]) => member === 'kind')?.[2],
        membersOf(name).filter((member) => member !== 'kind'),
      ])
      .filter(([kind]) => kind !== undefined);
    const table = readme.slice(readme.indexOf('| kind | members |')).matchAll(/^\| `(\w+)` \| (.*) \|$/gm);
    const listed = [...table].map(([, fact, members]) => [
      fact,
      members!.split(', ').map((name) => name.replaceAll('`', '')),
    ]);
    expect(listed).toEqual(expected);
    expect(listed.length).toBeGreaterThan(5);
  });

  it('every flag', async () => {
    const commands = ['send', 'listen', 'replay', 'captures', 'verify', 'check', 'events', 'secret', 'demo'];
    const actions = ['list', 'show', 'save', 'clear'].map((action) => ['captures', action, '--help']);
    const helps = await Promise.all(
      [...commands.map((command) => [command, '--help']), ...actions].map((argv) => runCommand(argv)),
    );
    const real = new Set(
      helps.flatMap(({ stdout }) =>
        [...stdout.matchAll(/^ +(?:-\w, )?(--[\w-]+)/gm)].map(([, flag]) => flag!),
      ),
    );
    const mentioned = new Set([...readme.matchAll(/(?<![\w-])--[a-z][\w-]*/g)].map(([flag]) => flag));
    const foreign = ['--env-file', '--json'];
    expect([...mentioned].filter((flag) => !real.has(flag) && !foreign.includes(flag))).toEqual([]);
    const unnamed = ['--version', '--header'];
    expect([...real].filter((flag) => !mentioned.has(flag) && !unnamed.includes(flag))).toEqual([]);
  });

  it('every check but the event types, and none that is not there', async () => {
    const lists = [['check'], ['check', '--interceptor', 'PRE_SIGNUP']].map((argv) =>
      runCommand([...argv, '--list', '--json']),
    );
    const [webhook, interceptor] = (await Promise.all(lists)).map(({ facts }) => facts);
    const named = webhook!.filter(({ part }) => part !== 'types').map(({ name }) => String(name));
    const at = readme.indexOf('| group | part | checks |');
    const table = readme.slice(at, readme.indexOf('\n\n', at));
    const listed = new Set([...table.matchAll(/`([\w/-]+)`/g)].map(([, name]) => name!));
    expect(named.filter((name) => !listed.has(name))).toEqual([]);
    const known = new Set([
      ...named,
      ...interceptor!.flatMap(({ name }) => [String(name), String(name).split('/')[1]]),
    ]);
    expect([...listed].filter((name) => !known.has(name))).toEqual([]);
  });

  it('every variable', () => {
    const settings = ['io.ts', 'report/index.ts', 'config/target.ts', 'config/secrets.ts']
      .map((file) => readFileSync(join(repository, 'src', file), 'utf8'))
      .join('');
    const read = [...settings.matchAll(/\benv\.([A-Z_]+)|'(SCALEKIT_\w+)'/g)].map(([, a, b]) => (a ?? b)!);
    for (const name of new Set(read)) if (name !== 'HOME') expect(readme).toContain(name);
  });

  it('52 types: 11 and 41', async () => {
    const { stdout } = await runCommand(['events']);
    expect(stdout.match(/events page$/gm)).toHaveLength(11);
    expect(stdout.match(/API reference/g)).toHaveLength(41);
  });
});
