/** A fixture of the package, without a file. */
export interface InlinedFixture {
  readonly name: string;
  readonly category: string;
  readonly text: string;
}

/**
 * The fixtures of the package and its interceptor requests, where they have no files: the build of the library puts them
 * here, so that it can be bundled into an app. Undefined in the program, which reads the files it uses.
 */
export const inlinedFixtures = undefined as readonly InlinedFixture[] | undefined;
