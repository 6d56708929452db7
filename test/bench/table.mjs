/** What the benchmarks share: options of the command line, medians, and a table of rates. */

/** `--name=value` of the command line as a number. */
export function option(name, usual) {
  const given = process.argv.find((argument) => argument.startsWith(`--${name}=`));
  return Number(given?.split('=')[1] ?? usual);
}

export function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

export const round2 = (value) => Math.round(value * 100) / 100;

/** Prints rates (per second) as ratios to the first row's, or with --json one object per line. */
export function printRates(title, rows) {
  const base = median(rows[0].rates);
  const table = rows.map(({ name, goal, rates, ...more }) => ({
    name,
    ratio: round2(median(rates) / base),
    goal,
    per_second: Math.round(median(rates)),
    spread: [round2(Math.min(...rates) / base), round2(Math.max(...rates) / base)],
    ...(more.memory && { megabytes: Math.round(median(more.memory)) }),
    ...(more.first && { first_ms: Math.round(median(more.first)) }),
  }));
  if (process.argv.includes('--json')) {
    for (const row of table) console.log(JSON.stringify(row));
    return;
  }
  console.log(`\n${title}\n`);
  for (const { name, ratio, goal, per_second, spread, megabytes, first_ms } of table) {
    const limit = goal === null ? '' : `>= ${goal}`;
    const rest = [megabytes && `${megabytes} MB`, first_ms && `first after ${first_ms} ms`].filter(Boolean);
    console.log(
      `${name.padEnd(36)}${ratio.toFixed(2).padStart(6)}${limit.padStart(8)}${String(per_second).padStart(9)}/s   ${spread.map((value) => value.toFixed(2)).join(' - ')}   ${rest.join(', ')}`,
    );
  }
}
