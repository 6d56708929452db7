/** `captures` lists the newest 20 of a million captures, as a whole process. */
import { writeCaptures } from './captures.mjs';
import { bin, compare, folder, interleave, option, timeOf } from './table.mjs';

const total = option('kept', 1_000_000);
export const title = `Whole processes: list the newest 20 of ${total} captures, compared with node -e 0`;

export async function measure({ rounds }) {
  const captures = folder();
  writeCaptures(captures, total);
  const works = [
    { name: 'node -e 0', args: ['-e', '0'] },
    { name: 'captures', goal: ['<=', 2], args: [bin, 'captures', '--captures', captures] },
  ];
  const samples = await interleave(works, rounds, ({ args }) => timeOf(args));
  return compare('newest', works, samples, 'ms');
}
