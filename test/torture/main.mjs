/**
 * Runs all torture tests and prints each count next to its goal. The seed makes random choices reproducible.
 *
 *   npm run torture                     short, as in CI
 *   npm run torture -- --long           full size, for manual runs
 *   npm run torture -- --only=fuzz --size=10000 --seed=7 --json
 */
const tortures = [
  'kill',
  'two-listeners',
  'full-disk',
  'fuzz',
  'slow',
  'signals',
  'limits',
  'targets',
  'kept-alive',
  'faults',
  'hostile',
  'team',
];
const given = (name) =>
  process.argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3);
const isJson = process.argv.includes('--json');
const seed = Number(given('seed') ?? Date.now() % 1e9);
const only = given('only');
if (only !== undefined && !tortures.includes(only))
  throw new Error(`--only must be one of ${tortures.join(', ')}`);

const isMet = (value, goal) => !goal || (goal[0] === '<=' ? value <= goal[1] : value >= goal[1]);
const log = (text) => isJson || console.log(text);
log(`Node.js ${process.version}, seed ${seed}`);
let failed = 0;
for (const name of tortures.filter((torture) => only === undefined || torture === only)) {
  const { title, sizes, torture } = await import(`./${name}.mjs`);
  const size = Number(given('size') ?? sizes[process.argv.includes('--long') ? 'long' : 'short']);
  log(`\n${title} (${name}, ${size})\n`);
  const started = performance.now();
  for (const { name: label, value, goal } of await torture(size, seed)) {
    const met = isMet(value, goal);
    if (!met) failed += 1;
    if (isJson)
      console.log(JSON.stringify({ torture: name, size, seed, name: label, value, goal: goal ?? null, met }));
    else
      console.log(
        `${label.padEnd(64)}${String(value).padStart(9)}${(goal ? goal.join(' ') : '').padStart(10)}${met ? '' : '   NOT MET'}`,
      );
  }
  log(`${''.padEnd(60)}${((performance.now() - started) / 1000).toFixed(1).padStart(12)} s`);
}
log(failed === 0 ? '\nall goals met' : `\n${failed} goals NOT MET; use --seed=${seed} to reproduce`);
process.exitCode = failed === 0 ? 0 : 1;
