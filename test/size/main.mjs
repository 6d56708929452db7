/**
 * Checks sizes against budgets: the tarball, the installed packages, and the files in dist that each command loads. It
 * uses the module list of Node.js, not a clock.
 *
 *   npm run size -- --json
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadedBy } from './loaded.mjs';

const repository = join(import.meta.dirname, '../..');
const work = mkdtempSync(join(tmpdir(), 'scalekit-hooks-size-'));
const npm = (...args) =>
  execFileSync('npm', args, { cwd: repository, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

function packed() {
  const [{ filename, size, unpackedSize }] = JSON.parse(
    npm('pack', '--json', '--ignore-scripts', '--pack-destination', work),
  );
  mkdirSync(join(work, 'installed'));
  npm(
    'install',
    '--offline',
    '--no-audit',
    '--no-fund',
    '--prefix',
    join(work, 'installed'),
    join(work, filename),
  );
  const packages = readdirSync(join(work, 'installed/node_modules')).filter((name) => !name.startsWith('.'));
  return [
    { name: 'tarball, kB', value: Math.ceil(size / 1000), budget: 750 },
    { name: 'unpacked, kB', value: Math.ceil(unpackedSize / 1000), budget: 2600 },
    { name: 'packages installed', value: packages.length, budget: 1 },
  ];
}

/** Per command line: the maximum size in kB and number of files that it may load from dist. */
const budgets = [
  ['--version', 7, 3],
  ['--help', 7, 3],
  ['completion bash', 7, 3],
  ['secret', 79, 7],
  ['events', 83, 7],
  ['events user.created', 168, 11],
  ['captures', 196, 15],
  ['verify - < message', 315, 22],
  // What it shares with the inspector is in files of its own.
  ['check --list', 690, 38],
  ['send user.created --dry-run', 490, 21],
  ['demo', 536, 24],
];

const message = 'POST / HTTP/1.1\r\nwebhook-id: msg_1\r\n\r\n{}';

async function startUp() {
  const rows = [];
  for (const [line, maxKilobytes, maxFiles] of budgets) {
    const [command, input] = line.split(' < ');
    const { files } = await loadedBy(command.split(' '), {
      input: input && message,
      exitCode: input ? 1 : 0,
    });
    const bytes = files.reduce(
      (sum, file) => sum + statSync(join(repository, 'dist', `${file}.cjs`)).size,
      0,
    );
    rows.push(
      { name: `${line}, kB loaded`, value: Math.ceil(bytes / 1000), budget: maxKilobytes },
      { name: `${line}, files loaded`, value: files.length, budget: maxFiles },
    );
  }
  return rows;
}

const rows = [...packed(), ...(await startUp())];
rmSync(work, { recursive: true });
for (const row of rows) {
  const { name, value, budget } = row;
  const met = value <= budget;
  if (!met) process.exitCode = 1;
  console.log(
    process.argv.includes('--json')
      ? JSON.stringify({ ...row, met })
      : `${name.padEnd(44)}${String(value).padStart(6)}  <= ${budget}${met ? '' : '   OVER'}`,
  );
}
