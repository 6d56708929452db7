import { beforeAll } from 'vitest';
import { repository } from '../../support/repository.ts';
import { describeCells } from './cells.ts';
import { createProject, type Project } from './project.ts';
import { shortRunners } from './runners.ts';

/** The cells that need nothing beyond this repository; `npm run matrix` runs all. */
let project: Project;
beforeAll(() => {
  const packages = shortRunners.flatMap((runner) => runner.packages);
  project = createProject(packages, [repository]);
  return project.remove;
});

for (const runner of shortRunners) describeCells(runner, () => project.folder);
