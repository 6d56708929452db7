#!/usr/bin/env node
// ES5 only, so that an old Node.js can parse this file and print the error below.
var version = process.versions.node.split('.').map(Number);
var isNewEnough =
  version[0] > 20 || (version[0] === 20 && (version[1] > 18 || (version[1] === 18 && version[2] >= 1)));

if (isNewEnough) {
  keepCompiledCode();
  require('../dist/main.cjs').start(process, require('node:path').join(__dirname, '..'));
} else {
  process.stderr.write(
    'error: scalekit-hooks needs Node.js 20.18.1 or newer [node_too_old]\n' +
      '  this is Node.js ' +
      process.versions.node +
      '\n' +
      '  fix: nvm install 22, or npx -p node@22 -p scalekit-hooks scalekit-hooks\n'
  );
  process.exitCode = 2;
}

// Caches compiled code between runs (Node.js 22.1 and later). By default, Node.js uses the shared temporary folder,
// where other users could place code.
function keepCompiledCode() {
  if (version[0] < 22) return;
  var nodeModule = require('node:module');
  var join = require('node:path').join;
  var home = process.env.HOME;
  var cache = process.env.XDG_CACHE_HOME || (home && join(home, '.cache'));
  if (nodeModule.enableCompileCache && cache && !process.env.NODE_COMPILE_CACHE) {
    nodeModule.enableCompileCache(join(cache, 'scalekit-hooks'));
  }
}
