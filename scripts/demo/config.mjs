import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../embedded/ports.mjs';
import { ROOT } from '../install.mjs';
import { Advice, dim, say } from '../output.mjs';

export const DATA = join(ROOT, '.data');
const FILE = join(DATA, 'demo.env');
const MAKERS = {
  JWT_SECRET: () => randomBytes(48).toString('base64'),
  ENCRYPTION_KEYS: () => `demo:${randomBytes(32).toString('base64')}`,
  INSTAGRAM_APP_SECRET: () => randomBytes(16).toString('hex'),
  OPS_PASSWORD: () => randomBytes(9).toString('base64url'),
  DEMO_EMAIL: () => 'demo@example.com',
  DEMO_PASSWORD: () => randomBytes(18).toString('base64url'),
};

/** The demo's own secrets: made once, then kept, since the database holds what they sealed. */
export function demoSecrets() {
  const kept = existsSync(FILE)
    ? Object.fromEntries(
        [...readFileSync(FILE, 'utf8').matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
      )
    : {};
  const secrets = Object.fromEntries(Object.entries(MAKERS).map(([name, make]) => [name, kept[name] || make()]));
  keepSecrets(secrets);
  return secrets;
}

export function keepSecrets(secrets) {
  const lines = Object.entries(secrets).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(FILE, `# Made by npm run demo.\n${lines.join('')}`, { mode: 0o600 });
}

/** The usual port, or another one where somebody has it; one that was asked for by name is not replaced. */
async function port(name, usual) {
  const asked = process.env[name];
  const wanted = asked ? Number(asked) : usual;
  const got = await freePort(wanted, '0.0.0.0').catch((error) => {
    throw new Advice(`${name}=${asked} can't be used: ${error.message}`);
  });
  if (got === wanted || wanted === 0) return got;
  if (asked) throw new Advice(`Port ${wanted} is taken by another program: end that one, or choose another ${name}.`);
  say(dim(`  port ${wanted} is taken; using ${got} (or set ${name})`));
  return got;
}

/** Where everything is, and the environment that API, worker and emulator are started with. */
export async function demoConfig(databaseUrl, secrets) {
  const [apiPort, sandboxPort] = [await port('PORT', 8000), await port('SANDBOX_PORT', 8800)];
  const api = `http://127.0.0.1:${apiPort}`;
  const sandbox = `http://127.0.0.1:${sandboxPort}`;
  const { DEMO_EMAIL, DEMO_PASSWORD, ...sealed } = secrets;
  const appId = '1000000000000001';
  const env = {
    ...inherited([
      'PATH',
      'HOME',
      'TMPDIR',
      'LANG',
      'TZ',
      'REDIS_URL',
      'LOG_LEVEL',
      'NODE_EXTRA_CA_CERTS',
      'SystemRoot',
    ]),
    ...sealed,
    DATABASE_URL: databaseUrl,
    PORT: String(apiPort),
    PUBLIC_BASE_URL: api,
    STORAGE_DIR: join(DATA, 'files'),
    INSTAGRAM_APP_ID: appId,
    INSTAGRAM_REDIRECT_URI: `${api}/api/instagram/callback`,
    OPS_USER: 'ops',
    // The emulator stands in for all of Meta.
    ...Object.fromEntries(
      ['FACEBOOK_GRAPH', 'INSTAGRAM_GRAPH', 'FACEBOOK_DIALOG', 'INSTAGRAM_AUTHORIZE', 'INSTAGRAM_OAUTH', 'RUPLOAD'].map(
        (name) => [`${name}_URL`, sandbox],
      ),
    ),
    ALLOWED_PRIVATE_HOSTS: ['127.0.0.1', 'localhost']
      .flatMap((host) => [`${host}:${apiPort}`, `${host}:${sandboxPort}`])
      .join(),
    // A person watches: look often, and take over soon from a worker that was killed.
    CONTAINER_POLL_INTERVAL_MS: '1000',
    LEASE_SECONDS: '10',
    SWEEP_INTERVAL_MS: '1000',
    SANDBOX_PORT: String(sandboxPort),
    SANDBOX_APP_ID: appId,
    SANDBOX_APP_SECRET: secrets.INSTAGRAM_APP_SECRET,
  };
  return { api, sandbox, env, login: { email: DEMO_EMAIL, password: DEMO_PASSWORD } };
}

const inherited = (names) =>
  Object.fromEntries(names.filter((name) => process.env[name]).map((name) => [name, process.env[name]]));
