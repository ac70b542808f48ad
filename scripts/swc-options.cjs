// How tests (jest.config.js) and scripts (ts-require.cjs) compile on the fly. `nest build` uses tsc with the same decorators.
const decorators = { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false };
const parsers = {
  ts: { syntax: 'typescript', decorators: true },
  js: { syntax: 'ecmascript' },
};

exports.swcOptions = (language) => ({
  jsc: { target: 'es2022', parser: parsers[language], transform: decorators },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
});
