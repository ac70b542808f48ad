import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { checkChildren, endLeftovers, logTail, startChild, waitFor } from './demo/children.mjs';
import { Client } from './demo/client.mjs';
import { DATA, demoConfig, demoSecrets } from './demo/config.mjs';
import { connectAccount, signIn } from './demo/connect.mjs';
import { publishReel, reportPhoto, schedulePhoto, uploadMedia } from './demo/publish.mjs';
import { printSummary } from './demo/summary.mjs';
import { makeFolder } from './embedded/folders.mjs';
import { claim } from './embedded/owner-lock.mjs';
import { checkNode, ensureBuilt, installIfMissing, ROOT } from './install.mjs';
import { Advice, bold, dim, red, say, withProgress } from './output.mjs';
import { startPostgres } from './postgres.mjs';
import { atEnd, isEnding, run } from './shutdown.mjs';

// `npm run demo`: the whole service on a bare machine, with an emulator in Instagram's place, and a tour of it.
// `npm run demo -- --once` ends after the first publish.

const once = process.argv.includes('--once');

run(async () => {
  checkNode();
  say(bold('instagram-publisher'));
  makeFolder(join(DATA, 'demo'));
  atEnd(claim(join(DATA, 'demo')));
  await endLeftovers();
  await installIfMissing();
  await ensureBuilt();
  const databaseUrl = await database();
  const config = await demoConfig(databaseUrl, demoSecrets());
  await withProgress('Migrating the database', () => migrate(config.env));
  try {
    await tour(config);
  } catch (error) {
    if (isEnding() || error instanceof Advice === false) throw error;
    for (const name of ['api', 'worker', 'sandbox'])
      console.error(`${dim(`— .data/logs/${name}.log —`)}\n${logTail(name)}`);
    throw error;
  }
});

async function database() {
  if (process.env.DATABASE_URL) {
    say(`· Using the database of DATABASE_URL`);
    return process.env.DATABASE_URL;
  }
  const dataDir = join(DATA, 'postgres');
  const log = (line) => say(dim(`  ${line}`));
  const { url, stop, exited } = await withProgress('Starting PostgreSQL', () => startPostgres({ dataDir, log }));
  atEnd(stop);
  void exited.then(() => {
    if (isEnding()) return;
    console.error(red(`PostgreSQL ended by itself; its log is ${join(dataDir, 'server.log')}`));
    process.kill(process.pid, 'SIGTERM');
  });
  return url;
}

async function migrate(env) {
  try {
    await promisify(execFile)(process.execPath, [join(ROOT, 'dist', 'src', 'migrate.js')], { cwd: ROOT, env });
  } catch (error) {
    throw new Advice(`The migrations failed:\n${error.stderr || error.message}`);
  }
}

async function tour(config) {
  const { api, sandbox, env, login } = config;
  await withProgress(`Starting the Instagram emulator at ${sandbox}`, async () => {
    await waitFor(`${sandbox}/_sandbox/pulse`, startChild('sandbox', 'sandbox', env));
  });
  await withProgress(`Starting the API at ${api}`, async () => {
    await waitFor(`${api}/health/live`, startChild('api', 'main', env));
  });

  const client = new Client(api);
  const { email, account } = await withProgress('Connecting an Instagram account', async () => ({
    email: await signIn(client, login, demoSecrets()),
    account: await connectAccount(client),
  }));
  say(`  ${email} is connected with ${account.page_name} (${account.instagram_account_id})`);
  // Only now: the emulator forgets its tokens when it ends, so what is still due from last time waits for the new one.
  const worker = startChild('worker', 'worker', env);
  const { reel, photo } = await withProgress('Uploading a video and a photo', () => uploadMedia(client));

  const post = await publishReel(client, reel);
  if (once || !post) return;
  const scheduled = await schedulePhoto(client, photo);
  printSummary({ client, config, worker, reel, post });
  void reportPhoto(client, scheduled);
  for (; !isEnding(); await sleep(500)) checkChildren();
}
