import { join } from 'node:path';
import { Script } from 'node:vm';

/** The module form of a test file, and of the library's file that it loads: the extension of both. */
export type Form = 'mjs' | 'cjs';

/** One row of the matrix: how a runner's test file begins, how it is started, and what its output proves. */
export interface Runner {
  readonly name: string;
  /** Packages that a project links to: of this repository, or of `packages/`. */
  readonly packages: readonly string[];
  /** Statements that define `test` and `clock`, for the tests of suite.mjs. */
  begin(load: Load): string;
  /** The command for a test file in the working directory of a project. */
  command(file: string, project: string): readonly [file: string, ...args: string[]];
  /** Printed after `count` tests have passed and none has failed. */
  passed(count: number): RegExp;
  /** Printed after one test has failed and none has passed. */
  readonly failed: RegExp;
  /** A program that npm installs on some platforms only. */
  readonly program?: 'bun' | 'deno';
  /** Whether the environment has the classes of the Fetch API; true by default. */
  readonly hasFetchClasses?: boolean;
  /** Whether it understands `await using`; as this Node.js by default. */
  readonly hasAwaitUsing?: boolean;
}

/** Writes a statement that loads names of a module, in the form of the file. */
export type Load = (names: string, module: string) => string;

export const loads: Record<Form, Load> = {
  mjs: (names, module) => `import ${names.replaceAll(':', ' as')} from '${module}';`,
  cjs: (names, module) => `const ${names.replace('* as ', '')} = require('${module}');`,
};

const node = (project: string, script: string, ...args: string[]) =>
  [process.execPath, join(project, 'node_modules', script), ...args] as const;
/** Where npm puts the program of a package. */
export const programOf = (folder: string, name: string) => join(folder, 'node_modules/.bin', name);

const vitest: Runner = {
  name: 'vitest',
  packages: ['vitest'],
  // Vitest cannot be required; a file that requires the library gets its functions as globals.
  begin: () => `
    const { test, vi } = globalThis;
    const clock = { fake: () => vi.useFakeTimers(), restore: () => vi.useRealTimers() };`,
  command: (file, project) => node(project, 'vitest/vitest.mjs', 'run', '--globals', file),
  passed: (count) => new RegExp(`Tests +${count} passed \\(${count}\\)`),
  failed: /Tests +1 failed \(1\)/,
};

const nodeTest: Runner = {
  name: 'node:test',
  packages: [],
  begin: (load) => `
    ${load('{ mock, test }', 'node:test')}
    const clock = { fake: () => mock.timers.enable(), restore: () => mock.timers.reset() };`,
  command: (file) => [process.execPath, '--test', '--test-reporter=tap', file],
  passed: (count) => new RegExp(`^# pass ${count}\\n# fail 0$`, 'm'),
  failed: /^# pass 0\n# fail 1$/m,
};

const mocha: Runner = {
  name: 'mocha',
  packages: ['mocha', '@sinonjs/fake-timers'],
  begin: (load) => `
    ${load('{ it: test }', 'mocha')}
    ${sinonClock(load)}`,
  command: (file, project) => node(project, 'mocha/bin/mocha.js', file),
  passed: (count) => new RegExp(`^  ${count} passing .*\\n\\n$`, 'm'),
  failed: /^ {2}0 passing .*\n {2}1 failing$/m,
};

/** Of jest, in an environment. */
function jest(environment: 'node' | 'jsdom'): Runner {
  const config = { testEnvironment: environment, transform: {}, testMatch: ['**/*.test.?js'] };
  const options = ['--config', JSON.stringify(config), '--rootDir', '.', '--watchman=false'];
  return {
    name: `jest (${environment})`,
    packages: ['jest', '@jest/globals', 'jest-environment-jsdom'],
    begin: (load) => `
      ${load('{ jest: runner, test }', '@jest/globals')}
      const clock = { fake: () => runner.useFakeTimers(), restore: () => runner.useRealTimers() };`,
    command: (file, project) => [
      process.execPath,
      '--experimental-vm-modules',
      join(project, 'node_modules/jest/bin/jest.js'),
      ...options,
      file,
    ],
    passed: (count) => new RegExp(`^Tests: +${count} passed, ${count} total$`, 'm'),
    failed: /^Tests: +1 failed, 1 total$/m,
    hasFetchClasses: environment === 'node',
  };
}

const bun: Runner = {
  name: 'bun',
  program: 'bun',
  packages: ['bun'],
  begin: (load) => `
    ${load('{ jest, test }', 'bun:test')}
    const clock = { fake: () => jest.useFakeTimers(), restore: () => jest.useRealTimers() };`,
  command: (file, project) => [programOf(project, 'bun'), 'test', `./${file}`],
  passed: (count) => new RegExp(`^ ${count} pass\\n 0 fail$`, 'm'),
  failed: /^ 0 pass\n 1 fail$/m,
  hasAwaitUsing: true,
};

const deno: Runner = {
  name: 'deno',
  program: 'deno',
  packages: ['deno', '@sinonjs/fake-timers'],
  // Deno has no fake timers of its own outside its standard library, which is not on npm.
  begin: (load) => `
    ${sinonClock(load)}
    const test = (name, run) => Deno.test(name, run);`,
  command: (file, project) => [
    programOf(project, 'deno'),
    'test',
    '--allow-all',
    '--no-check',
    '--node-modules-dir=manual',
    file,
  ],
  passed: (count) => new RegExp(`ok \\| ${count} passed \\| 0 failed`),
  failed: /FAILED \| 0 passed \| 1 failed/,
  hasAwaitUsing: true,
};

/** Everything is fake but nextTick, without which no server and no client of Node.js answers. */
function sinonClock(load: Load): string {
  return `
    ${load('* as timers', '@sinonjs/fake-timers')}
    let installed;
    const fake = () => { installed = timers.install({ toNotFake: ['nextTick'] }); };
    const clock = { fake, restore: () => installed.uninstall() };`;
}

/** Those that this repository has, and those that `packages/` adds. */
export const shortRunners: readonly Runner[] = [vitest, nodeTest];
export const longRunners: readonly Runner[] = [
  ...shortRunners,
  mocha,
  jest('node'),
  jest('jsdom'),
  bun,
  deno,
];

export const nodeHasAwaitUsing = parses('async () => { await using nothing = null; }');

function parses(code: string): boolean {
  try {
    new Script(code);
    return true;
  } catch {
    return false;
  }
}
