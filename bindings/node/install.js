// SPDX-License-Identifier: Apache-2.0
// npm runs this when the package is installed: nothing is to do if the module that came with it can be loaded here,
// else it is built, which takes a C++ compiler and libs2n's development files.
'use strict';

const { spawnSync } = require('node:child_process');

function loads() {
  try {
    require('./index.js');
    return true;
  } catch {
    return false;
  }
}

if (!loads()) {
  const built = spawnSync('node-gyp', ['rebuild'], { stdio: 'inherit' });
  process.exitCode = built.status ?? 1;
}
