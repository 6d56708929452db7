/** The pages whose console blocks are run, in the order in which a reader meets them. */
export const pages = [
  'README.md',
  'docs/guide.md',
  'docs/commands.md',
  'docs/checks.md',
  'docs/effects.md',
  'docs/signatures.md',
  'docs/captures.md',
  'docs/interceptors.md',
  'docs/library.md',
  'docs/ci.md',
  'docs/json.md',
  'docs/troubleshooting.md',
];
