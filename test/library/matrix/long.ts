import { beforeAll, describe, it } from 'vitest';
import { repository } from '../../support/repository.ts';
import { describeCells } from './cells.ts';
import { installed, missing } from './installed.ts';
import { describeNcc } from './ncc.ts';
import { describeNextApp } from './next-app.ts';
import { createProject, type Project } from './project.ts';
import { longRunners } from './runners.ts';

/** All cells: `npm run matrix`. */
const runners = longRunners.map((runner) => ({ runner, reason: missing(runner) }));
let project: Project;
beforeAll(() => {
  const there = runners.filter(({ reason }) => reason === undefined);
  const packages = ['@vercel/ncc', ...there.flatMap(({ runner }) => runner.packages)];
  project = createProject(packages, [repository, installed]);
  return project.remove;
});

for (const { runner, reason } of runners) {
  if (reason === undefined) describeCells(runner, () => project.folder);
  else describe.skip(runner.name, () => it(`skipped: ${reason}`, () => {}));
}
describeNcc(() => project.folder);
describeNextApp(() => project.tarball);
