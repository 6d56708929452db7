/** A problem in a part of a scenario, and where: the path continues that of the part. */
export class ScenarioProblem extends Error {
  readonly path: readonly (string | number)[];

  constructor(reason: string, path: readonly (string | number)[] = []) {
    super(reason);
    this.path = path;
  }
}
