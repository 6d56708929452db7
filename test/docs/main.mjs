/**
 * Writes what the documentation shows of the tool: console blocks from real runs, flag tables from the flags, JSON tables
 * and schemas from the types, and the picture of a terminal.
 *
 *   npm run docs
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  checkTable,
  factKinds,
  flagTables,
  frameworkTables,
  jsonTables,
  schemaOfKind,
} from './generated.mjs';
import { excerpt, withSections, withTexts } from './markdown.mjs';
import { pages } from './pages.mjs';
import { pictureOf } from './picture.mjs';
import { runPage } from './session.mjs';

const repository = join(import.meta.dirname, '../..');
const pathOf = (page) => join(repository, page);

/** Packs and installs the package into a folder; returns its executable. */
function installedIn(folder) {
  const npm = (...args) =>
    execFileSync('npm', args, { cwd: repository, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const [{ filename }] = JSON.parse(npm('pack', '--json', '--ignore-scripts', '--pack-destination', folder));
  npm('install', '--offline', '--no-audit', '--no-fund', '--prefix', folder, join(folder, filename));
  return join(folder, 'node_modules/.bin/scalekit-hooks');
}

async function writeConsoleBlocks(program) {
  for (const page of pages) {
    const text = readFileSync(pathOf(page), 'utf8');
    const results = await runPage(text, program);
    const texts = [...results].map(([block, steps]) => [
      block,
      steps
        .map(({ command, printed, isRun }) =>
          [`$ ${command}`, ...(isRun ? excerpt(printed, block.info) : [])].join('\n'),
        )
        .join('\n')
        .concat('\n'),
    ]);
    writeFileSync(pathOf(page), withTexts(text, texts));
    console.log(`${page}: ${texts.length} console blocks`);
  }
}

async function writeTables(program) {
  const listed = execFileSync(program, ['check', '--list', '--json'], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  });
  const checks = checkTable(
    listed
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  );
  const kinds = factKinds();
  for (const [page, sections] of [
    ['docs/commands.md', await flagTables()],
    ['docs/checks.md', { checks }],
    ['docs/troubleshooting.md', await frameworkTables()],
    ['docs/json.md', { kinds: jsonTables(kinds) }],
  ]) {
    writeFileSync(pathOf(page), withSections(readFileSync(pathOf(page), 'utf8'), sections));
  }
  mkdirSync(pathOf('docs/schema'), { recursive: true });
  for (const kind of kinds) {
    writeFileSync(
      pathOf(`docs/schema/${kind.kind}.json`),
      `${JSON.stringify(schemaOfKind(kind), null, 2)}\n`,
    );
  }
}

/** A message that verifies, and the same after something re-serialized its body. */
function writePicture(program, folder) {
  const env = { PATH: process.env.PATH, HOME: folder, FORCE_COLOR: '1' };
  const run = (command) =>
    execFileSync('bash', ['-c', `${command} 2>&1 || true`], { cwd: folder, env, encoding: 'utf8' });
  const bin = (command) => command.replaceAll(/\bscalekit-hooks\b/g, `'${program}'`);
  run(bin('scalekit-hooks send user.created --dry-run --quiet > message.http'));
  run(`sed -i '/^{/s/":"/": "/g; /^content-length/d' message.http`);
  const commands = [
    'scalekit-hooks verify message.http',
    'scalekit-hooks send user.created --to localhost:9/webhook',
  ];
  const steps = commands.map((command) => ({ command, printed: run(bin(command)) }));
  mkdirSync(pathOf('docs/images'), { recursive: true });
  writeFileSync(pathOf('docs/images/terminal.svg'), pictureOf(steps));
}

const folder = mkdtempSync(join(tmpdir(), 'scalekit-hooks-docs-'));
try {
  const program = installedIn(folder);
  await writeTables(program);
  writePicture(program, folder);
  await writeConsoleBlocks(program);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
