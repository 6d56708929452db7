import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Other languages and tools, each called with bytes and giving bytes. */

export const beside = (name) => fileURLToPath(new URL(name, import.meta.url));
/** The same everywhere: what is recorded must not depend on whoever records. */
const environment = { PATH: process.env.PATH, HOME: process.env.HOME, LC_ALL: 'C.UTF-8', TZ: 'UTC' };

/** What a program writes; it is not waited for with the thread, since a server of ours may have to answer it. */
export async function outputOf(program, args, { input = '', ...options } = {}) {
  const child = spawn(program, args, { env: environment, ...options });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [output, errors] = [[], []];
  child.stdout.on('data', (chunk) => output.push(chunk));
  child.stderr.on('data', (chunk) => errors.push(chunk));
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: ${code}\n${Buffer.concat(errors)}`);
  return Buffer.concat(output);
}

/** The value of a Python expression; relay.py says what it can use. */
export function python(expression, given, zone = 'UTC') {
  const input = JSON.stringify({ ...given, body: Buffer.from(given.body).toString('base64') });
  return outputOf('python3', [beside('relay.py'), expression], { input, env: { ...environment, TZ: zone } });
}

/** What Relay.java makes of some bytes. */
export function java(habit, bytes, { options = [], args = [] } = {}) {
  return outputOf('java', [...options, beside('Relay.java'), habit, ...args], { input: bytes });
}

/** What a shell script writes that runs in a folder of its own with the body in a file `body`. */
export async function shell(script, body, variables = {}, program = 'bash') {
  const folder = await mkdtemp(join(tmpdir(), 'tampered-'));
  try {
    await writeFile(join(folder, 'body'), body);
    const env = { ...environment, HOME: folder, ...variables };
    return await outputOf(program, ['-c', `set -e; ${script}`], { cwd: folder, env });
  } finally {
    await rm(folder, { recursive: true });
  }
}
