/** Shared by all benchmarks: interleaved rounds, ratios with their spread, and table rows. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

export const here = import.meta.dirname;
export const bin = join(here, '../../bin/scalekit-hooks.cjs');
export const secret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';

const home = mkdtempSync(join(tmpdir(), 'scalekit-hooks-bench-'));
process.once('exit', () => rmSync(home, { recursive: true, force: true }));

/** A new temporary folder, removed on exit. */
export const folder = () => mkdtempSync(join(home, 'folder-'));

// NODE_EXTRA_CA_CERTS makes Node.js start three times as slowly.
const { NODE_EXTRA_CA_CERTS: _, ...given } = process.env;
export const environment = { ...given, XDG_CONFIG_HOME: home, SCALEKIT_WEBHOOK_SECRET: secret };

/** The number in `--name=value`. */
export function option(name, fallback) {
  const given = process.argv.find((argument) => argument.startsWith(`--${name}=`));
  return Number(given?.split('=')[1] ?? fallback);
}

/** Runs `node` with arguments and returns the duration in ms. Throws unless it exits with 0. */
export async function timeOf(args, options = {}) {
  const started = performance.now();
  const child = spawn(process.execPath, args.map(String), {
    env: environment,
    stdio: 'ignore',
    ...options,
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${args.join(' ')} exited with ${code}`);
  return performance.now() - started;
}

/** Runs `node` as timeOf does, and returns its peak memory in MB; 0 where /proc does not exist. */
export async function peakOf(args, options = {}) {
  const child = spawn(process.execPath, args.map(String), { env: environment, stdio: 'ignore', ...options });
  let megabytes = 0;
  const watch = setInterval(() => {
    megabytes = Math.max(megabytes, peakSoFar(child.pid));
  }, 20);
  const [code] = await once(child, 'exit');
  clearInterval(watch);
  if (code !== 0) throw new Error(`${args.join(' ')} exited with ${code}`);
  return megabytes;
}

function peakSoFar(pid) {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1000;
  } catch {
    return 0;
  }
}

/** Starts a file in this folder that prints its port, and returns its URL. */
export async function startServer(file, { args = [], env = environment } = {}) {
  const child = spawn(process.execPath, [join(here, file), ...args], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  return { url: `http://127.0.0.1:${/\d+/.exec(line)[0]}`, stop: () => child.kill() };
}

/** Starts a handler as startServer does, and returns its webhook URL. */
export async function startTarget(file, env = environment) {
  const { url, stop } = await startServer(file, { env });
  return { url: `${url}/webhook`, stop };
}

/**
 * Measures all works in turn, round by round, so that a busy machine slows all of them equally. The first round is a
 * warm-up. `measure` returns a number, or an object with `value` and more numbers. Returns the samples of each work.
 */
export async function interleave(works, rounds, measure) {
  const samples = works.map(() => []);
  for (let round = -1; round < rounds; round += 1) {
    for (const [index, work] of works.entries()) {
      const sample = await measure(work);
      if (round >= 0) samples[index].push(typeof sample === 'number' ? { value: sample } : sample);
    }
  }
  return samples;
}

/**
 * Table rows: the ratio of each work's median to the median of `against` (default: the first work), and the spread of
 * the rounds. A goal is `['<=', 1.2]` or `['>=', 0.9]`; `limits` are goals for the additional numbers.
 */
export function compare(bench, works, samples, unit) {
  const medians = samples.map((of) => median(of.map(({ value }) => value)));
  return works.map(({ name, against = works[0].name, goal, limits = {} }, index) => {
    const base = medians[works.findIndex((work) => work.name === against)];
    const ratios = samples[index].map(({ value }) => value / base);
    const ratio = round2(medians[index] / base);
    const more = Object.fromEntries(
      Object.entries(limits).map(([key, limit]) => {
        const value = round2(median(samples[index].map((sample) => sample[key])));
        return [key, { value, goal: limit, met: isMet(value, limit) }];
      }),
    );
    return {
      bench,
      name,
      against: name === against ? null : against,
      ratio,
      goal: goal ?? null,
      met: isMet(ratio, goal) && Object.values(more).every(({ met }) => met),
      spread: [round2(Math.min(...ratios)), round2(Math.max(...ratios))],
      rounds: samples[index].length,
      [unit]: round2(medians[index]),
      ...more,
    };
  });
}

/** Table rows of figures that are compared with a goal and not with another work. */
export function figures(bench, works, samples, unit) {
  return works.map(({ name, goal }, index) => {
    const values = samples[index].map(({ value }) => value);
    const figure = round2(median(values));
    return {
      bench,
      name,
      against: null,
      ratio: null,
      goal,
      met: isMet(figure, goal),
      spread: [round2(Math.min(...values)), round2(Math.max(...values))],
      rounds: values.length,
      [unit]: figure,
    };
  });
}

export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

const round2 = (value) => Math.round(value * 100) / 100;

const isMet = (value, goal) => !goal || (goal[0] === '<=' ? value <= goal[1] : value >= goal[1]);

export function lineOf({ name, ratio, goal, met, spread, ms, per_second, bytes, ...more }) {
  const further = Object.entries(more)
    .filter(([, value]) => value?.goal)
    .map(([key, { value, goal }]) => `${key} ${value} (${goal.join(' ')})`);
  const texts = {
    ms: `${ms?.toFixed(1)} ms`,
    per_second: `${Math.round(per_second)}/s`,
    bytes: `${bytes} B`,
  };
  const unit = ms !== undefined ? 'ms' : per_second !== undefined ? 'per_second' : 'bytes';
  return [
    name.padEnd(38),
    (ratio?.toFixed(2) ?? '').padStart(6),
    (goal?.join(' ') ?? '').padStart(9),
    `${spread.map((value) => value.toFixed(ratio === null ? 0 : 2)).join(' - ')}`.padStart(14),
    texts[unit].padStart(12),
    met ? '' : '   NOT MET',
    ...further.map((text) => `   ${text}`),
  ].join('');
}

/** A module of the repository in TypeScript, with what it imports; packages are those that are installed. */
export async function built(file) {
  const packages = {
    name: 'packages',
    resolveId: {
      filter: { id: /^@?[a-z][\w-]*(?:\/|$)/ },
      handler: (id) => ({ id: import.meta.resolve(id), external: true }),
    },
  };
  const bundle = await rolldown({
    input: join(here, '../..', file),
    platform: 'node',
    logLevel: 'silent',
    plugins: [packages],
  });
  const dir = folder();
  await bundle.write({ dir, format: 'esm', entryFileNames: 'entry.mjs', chunkFileNames: '[name].mjs' });
  return import(join(dir, 'entry.mjs'));
}
