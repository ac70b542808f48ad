// Imports only go down. One array a floor, lowest first; docs/architecture.md draws the same picture.
const floors = [
  ['common'],
  ['config'],
  ['graph', 'database', 'queue', 'net', 'storage', 'ffmpeg'],
  ['auth', 'events', 'ops', 'pace', 'relay'],
  ['accounts'],
  ['assets', 'quota', 'pauses', 'tokens', 'privacy'],
  ['posts', 'notify'],
  ['first-comments'],
  ['publishing'],
];
const room = (name) => `^src/${name}/`;
const roof = '^src/[^/]+\\.ts$';

const stayOnFloor = floors.flatMap((names, i) =>
  names.map((name) => ({
    name: `${name}-stays-on-its-floor`,
    severity: 'error',
    from: { path: room(name) },
    to: {
      path: [...names.filter((n) => n !== name), ...floors.slice(i + 1).flat()].map(room).concat(roof, '^src/sandbox/'),
    },
  })),
);

/** Files that decide and do nothing else: no package, no room that acts. */
const pureFiles = [
  'src/publishing/(next-step|publishing-state|preparing|children|uploading|upload-progress|verifying|ending|match-media|retry-policy|pacing|decide)\\.ts$',
  'src/pace/(gate-policy|incident-watch)\\.ts$',
  'src/quota/quota\\.ts$',
  'src/posts/(post-state|post-rules|carousel-rules|kind-rules|field-rules|request-rules|caption|post-warnings|post-moves|same-content|batch-form)\\.ts$',
  'src/first-comments/(comment-state|next-move|holds|own-comment)\\.ts$',
  'src/tokens/(token-policy|expiry-warning)\\.ts$',
  'src/graph/classify-error\\.ts$',
  'src/assets/(media-rules|media-delivery|mending-plan|mending-policy|video-recipe)\\.ts$',
  'src/relay/media-fetch\\.ts$',
  'src/pauses/pauses\\.sql\\.ts$',
  'src/notify/(audience|message|backoff)\\.ts$',
  'src/accounts/(login-scopes|account-health|callback-page)\\.ts$',
];

module.exports = {
  forbidden: [
    ...stayOnFloor,
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'graph-only-through-its-door',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/graph/' },
      to: { path: '^src/graph/', pathNot: '^src/graph/index\\.ts$' },
    },
    {
      name: 'controllers-talk-to-services',
      severity: 'error',
      from: { path: '\\.controller\\.ts$' },
      to: { path: '(\\.entity|\\.repository|^src/database/.*|^src/queue/.*)\\.ts$' },
    },
    {
      name: 'decisions-are-pure',
      severity: 'error',
      from: { path: pureFiles },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-peer', 'core'] },
    },
    {
      name: 'axios-at-the-edge',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(graph|net)/' },
      to: { path: 'node_modules/axios/' },
    },
    {
      name: 'bullmq-at-the-edge',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(queue/.*|.*\\.processor\\.ts$|ops/queue-dashboard\\.ts$)' },
      to: { path: 'node_modules/(bullmq|@nestjs/bullmq)/' },
    },
    {
      name: 'sandbox-stands-alone',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(sandbox/|sandbox\\.ts$)' },
      to: { path: '^src/sandbox/' },
    },
    {
      name: 'sandbox-imports-no-room',
      severity: 'error',
      from: { path: '^src/sandbox/' },
      to: { path: '^src/', pathNot: '^src/sandbox/' },
    },
    {
      name: 'src-never-imports-test',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|scripts)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
