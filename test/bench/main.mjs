/**
 * Runs all benchmarks. Each result is a median over interleaved rounds, as a ratio to its baseline, next to its goal.
 *
 *   npm run bench -- --json --rounds=9 --only=replay,listener
 */
import { lineOf, option } from './table.mjs';

const benches = [
  'start-up',
  'signature',
  'burst',
  'listener',
  'replay',
  'newest',
  'check',
  'team',
  'pull',
  'inspector',
];
const only = process.argv
  .find((argument) => argument.startsWith('--only='))
  ?.slice('--only='.length)
  .split(',');
const unknown = only?.find((name) => !benches.includes(name));
if (unknown !== undefined) throw new Error(`no benchmark is named ${unknown}: use ${benches.join(', ')}`);
const isJson = process.argv.includes('--json');
const rounds = option('rounds', 9);

const log = (text) => isJson || console.log(text);
log(`Node.js ${process.version}, medians of ${rounds} interleaved rounds: ratio, goal, spread, median`);
const rows = [];
for (const name of benches.filter((bench) => only === undefined || only.includes(bench))) {
  const { title, measure } = await import(`./${name}.mjs`);
  log(`\n${title}\n`);
  for (const row of await measure({ rounds })) {
    rows.push(row);
    console.log(isJson ? JSON.stringify(row) : lineOf(row));
  }
}
const goals = rows.filter(({ goal }) => goal);
log(`\n${goals.filter(({ met }) => met).length} of ${goals.length} goals met`);
