/**
 * Runs the console blocks of a page, top to bottom, in a folder and home of their own, as a reader would: against the
 * packed tarball, with real processes and real ports. Files named in a block's info are written first.
 */
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { blocksOf, stepsOf } from './markdown.mjs';

const repository = join(import.meta.dirname, '../..');

/** Ports that pages use. Each run has free ones in their place, and prints these. */
const PORTS = ['3000', '4000', '5000', '8080'];

/** Commands that set up the repository itself: a page shows them, and running them here would never end. */
const notRun = /^npm (ci|test|install|run)\b|^git clone\b/;

async function freePort() {
  const server = createServer();
  // Below the range from which systems choose for port 0, so that nothing else is given it meanwhile.
  const port = randomInt(10_000, 32_000);
  const isFree = await new Promise((resolve) => {
    server.on('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
  });
  if (!isFree) return freePort();
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}

/**
 * Runs a page. `program` is the installed executable. Returns for each console block that is run its steps with the lines
 * that they printed, by the block's place in the page.
 */
export async function runPage(page, program) {
  const home = mkdtempSync(join(tmpdir(), 'scalekit-hooks-docs-'));
  const session = await openSession(home, program);
  try {
    const results = new Map();
    for (const block of blocksOf(page)) {
      const [kind, file] = block.info.split(' ');
      if (/^(js|json|yaml|xml|http)$/.test(kind) && file) session.write(file, block.text);
      if (kind === 'console') results.set(block, await session.runBlock(stepsOf(block.text)));
    }
    await session.close();
    return results;
  } finally {
    await session.close();
    rmSync(home, { recursive: true, force: true });
  }
}

/** The packages that a reader installed: those of the repository, and this one. */
function linkPackages(folder, program) {
  mkdirSync(folder);
  const modules = join(repository, 'node_modules');
  const names = readdirSync(modules).filter((name) => !name.startsWith('.'));
  for (const name of names) symlinkSync(join(modules, name), join(folder, name));
  symlinkSync(join(dirname(realpathSync(program)), '..'), join(folder, 'scalekit-hooks'));
}

async function openSession(home, program) {
  const work = join(home, 'work');
  mkdirSync(work);
  const bin = join(home, 'bin');
  mkdirSync(bin);
  const own = `if [ "$1" = scalekit-hooks ]; then shift; exec '${program}' "$@"; fi`;
  const others = `name=$1; shift; exec '${join(repository, 'node_modules/.bin')}'/$name "$@"`;
  writeFileSync(join(bin, 'npx'), `#!/bin/sh\n${own}\n${others}\n`);
  writeFileSync(join(bin, 'scalekit-hooks'), `#!/bin/sh\nexec '${program}' "$@"\n`);
  for (const name of ['npx', 'scalekit-hooks']) chmodSync(join(bin, name), 0o755);
  linkPackages(join(work, 'node_modules'), program);
  const ports = new Map();
  for (const port of PORTS) ports.set(port, await freePort());
  const toFree = (text) => text.replaceAll(/\b(3000|4000|5000|8080)\b/g, (port) => ports.get(port));
  const toShown = (text) => [...ports].reduce((shown, [port, free]) => shown.replaceAll(free, port), text);
  const env = {
    PATH: `${bin}:${process.env.PATH}`,
    HOME: home,
    NO_COLOR: '1',
    SCALEKIT_HOOKS_TO: `http://localhost:${ports.get('3000')}/webhook`,
  };
  /** Servers that were left running, by their port. */
  const running = new Map();
  const stop = async (port) => {
    const server = running.get(port);
    running.delete(port);
    if (server)
      server.step.printed = linesOf(toShown(await server.end()), { isStopped: server.step.isStopped });
  };
  return {
    write(file, text) {
      mkdirSync(dirname(join(work, file)), { recursive: true });
      writeFileSync(join(work, file), toFree(text));
    },
    async runBlock(steps) {
      const results = [];
      for (const { command, shown } of steps) {
        const step = { command, shown, printed: [], isStopped: shown.includes('^C'), isRun: true };
        results.push(step);
        const toRun = command
          .split(' && ')
          .filter((part) => !notRun.test(part))
          .join(' && ');
        step.isRun = toRun !== '';
        if (!step.isRun) continue;
        const isServer = step.isStopped || (/\bnode\b/.test(toRun) && !toRun.includes(' check '));
        if (isServer) {
          const port = /(?:--port |PORT=)(\d+)/.exec(toRun)?.[1] ?? '3000';
          await stop(port);
          const child = start(toFree(toRun), work, env);
          running.set(port, { step, end: child.end });
          await child.until(/^(in another terminal|listening on).*$/m);
        } else step.printed = linesOf(toShown(await start(toFree(toRun), work, env).ended), {});
      }
      return results;
    },
    async close() {
      for (const port of [...running.keys()]) await stop(port);
    },
  };
}

/** Printed only where the tests run in a container. */
export const inContainer = /\. This is a container\. For an app on its host, use --to \S+/g;

/** The printed lines as a page shows them: `^C` where the command was stopped by it. */
function linesOf(printed, { isStopped = false }) {
  const lines = printed.replaceAll('^C', '').replaceAll(inContainer, '').trimEnd().split('\n');
  if (lines.length === 1 && lines[0] === '') return isStopped ? ['^C'] : [];
  if (!isStopped) return lines;
  const last = lines.findLastIndex((line) => /^\d+ received\b/.test(line));
  return last === -1 ? [...lines, '^C'] : [...lines.slice(0, last), '^C', ...lines.slice(last)];
}

function start(command, cwd, env) {
  // A group of its own, so that Ctrl-C reaches all of it.
  const child = spawn('bash', ['-c', `exec 2>&1; ${command}`], {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  const listeners = new Set();
  child.stdout.setEncoding('utf8').on('data', (text) => {
    printed += text;
    for (const listener of listeners) listener();
  });
  const ended = new Promise((resolve) => child.on('close', () => resolve(printed)));
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
      if (child.exitCode === null) process.kill(-child.pid, 'SIGINT');
      return ended;
    },
  };
}

/** A line with everything that differs from run to run made the same. */
export function normalized(line) {
  return line
    .replaceAll(/\x1b\[[0-9;]*m/g, '')
    .replaceAll(/\b(evt_|msg_|cap_|diruser_)\w+/g, '$1*')
    .replaceAll(/whsec_..…/g, 'whsec_*…')
    .replaceAll(/\b\d+ min( \d+ s)? ago/g, '* ago')
    .replaceAll(/ +\d+(\.\d+)? m?s\b/g, ' * s')
    .replaceAll(/"(duration_ms|age_seconds|p\d\d_ms)":[\d.]+/g, '"$1":*')
    .replaceAll(/\d{4}-\d\d-\d\d[T ][\d:.]+Z?/g, '*')
    .replaceAll(/\d+ captures \([\d.]+ k?B\w*\)/g, '* captures')
    .replaceAll(/\b[\d,]+ combinations/g, '* combinations')
    .replaceAll(/\d+ messages in .*$/g, '* messages in * s')
    .replaceAll(/\(\d{13}\)/g, '(*)')
    .replaceAll(/sha256 [0-9a-f]{64}/g, 'sha256 *')
    .replaceAll(/webhook-timestamp: \d+/g, 'webhook-timestamp: *')
    .replaceAll(/v1,[\w+/]{43}=/g, 'v1,*')
    .replaceAll(/ +\d+(ms)\b/g, ' *ms')
    .replaceAll(/(Start at|Duration) .*/g, '$1 *')
    .replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, 'http://127.0.0.1:*');
}
