import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startProcess } from '../../support/processes.ts';
import { type Form, loads, nodeHasAwaitUsing, type Runner } from './runners.ts';

const suite = readFileSync(join(import.meta.dirname, 'suite.mjs'), 'utf8');
const testCount = Number(/testCount = (\d+)/.exec(suite)![1]);
const forms: readonly (readonly [title: string, form: Form])[] = [
  ['ES modules', 'mjs'],
  ['CommonJS', 'cjs'],
];

/** Far more than a cell takes. A runner that something keeps from ending is stopped then. */
const LIMIT_MS = 30_000;

/** The cells of one runner. Each passes what works, and ends by itself after a test that fails. */
export function describeCells(runner: Runner, projectFolder: () => string): void {
  describe(runner.name, () => {
    it.each(forms)(
      '%s',
      async (_title, form) => {
        const cell = { runner, form, project: projectFolder() };
        const [passing, failing] = await Promise.all([
          runFile(cell, 'defineTests'),
          runFile(cell, 'defineFailure'),
        ]);
        expect(passing.end, passing.output).toBe(0);
        expect(passing.output).toMatch(runner.passed(testCount));
        expect(failing.end, failing.output).toBe(1);
        expect(failing.output).toMatch(/this test fails on purpose/);
        expect(failing.output).toMatch(runner.failed);
      },
      2 * LIMIT_MS,
    );
  });
}

interface Cell {
  readonly runner: Runner;
  readonly form: Form;
  readonly project: string;
}

type Tests = 'defineTests' | 'defineFailure';

/** Runs a file with some of the tests, in its own folder of the project. */
async function runFile({ runner, form, project }: Cell, tests: Tests) {
  const folder = mkdtempSync(join(project, 'cell-'));
  const file = `matrix.test.${form}`;
  const files = {
    'package.json': '{}',
    [`suite.${form}`]: form === 'mjs' ? suite : asCommonJs(suite),
    [file]: testFile(runner, form, tests),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const [program, ...args] = runner.command(file, project);
  const env = { NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' };
  const started = startProcess(program, args, { cwd: folder, env });
  const end = await within(LIMIT_MS, started.ended);
  return { end, output: started.stdout() + started.stderr() };
}

async function within<T>(limitMs: number, ended: Promise<T>): Promise<T | string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, limitMs, `still running after ${limitMs / 1000} s`);
  });
  return Promise.race([ended, late]).finally(() => clearTimeout(timer));
}

function testFile(runner: Runner, form: Form, tests: Tests): string {
  const load = loads[form];
  const hasAwaitUsing = runner.hasAwaitUsing ?? nodeHasAwaitUsing;
  return `
    ${load('* as assert', 'node:assert')}
    ${load('* as library', 'scalekit-hooks')}
    ${load(`{ ${tests} }`, `./suite.${form}`)}
    ${runner.begin(load)}
    const closeByUsing = async (create) => {
      ${hasAwaitUsing ? 'await using' : 'const'} listener = await create();
      ${hasAwaitUsing ? '' : 'await listener[Symbol.asyncDispose]();'}
      return listener;
    };
    const hasFetchClasses = ${runner.hasFetchClasses ?? true};
    ${tests}({ test, clock, library, assert, closeByUsing, form: '${form}', hasFetchClasses });`;
}

function asCommonJs(module: string): string {
  const names = [...module.matchAll(/^export (?:const|function) (\w+)/gm)].map(([, name]) => name);
  return `${module.replaceAll(/^export /gm, '')}\nmodule.exports = { ${names.join(', ')} };\n`;
}
