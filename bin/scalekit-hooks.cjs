#!/usr/bin/env node
// Written for any Node: one that is too old must be able to read this file to be told so.
var version = process.versions.node.split('.').map(Number);
var isNewEnough =
  version[0] > 20 || (version[0] === 20 && (version[1] > 18 || (version[1] === 18 && version[2] >= 1)));

if (isNewEnough) {
  require('../dist/main.cjs').start(process, require('node:path').join(__dirname, '..'));
} else {
  process.stderr.write(
    'error: scalekit-hooks needs Node.js 20.18.1 or newer [node_too_old]\n' +
      '  why: this is Node.js ' +
      process.versions.node +
      '\n' +
      '  try: nvm install 22, or npx -p node@22 -p scalekit-hooks scalekit-hooks\n'
  );
  process.exitCode = 2;
}
