// node -r ./scripts/ts-require.cjs src/migrate.ts: runs our TypeScript without a build.
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { transformSync } = require('@swc/core');
const { swcOptions } = require('./swc-options.cjs');

// Named last, so that `require('./env')` finds env.ts only where there is no env.js.
Module._extensions['.ts'] = (module, filename) => {
  const { code } = transformSync(readFileSync(filename, 'utf8'), { ...swcOptions('ts'), filename, swcrc: false });
  module._compile(code, filename);
};
