import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { bold, cyan, dim, say } from '../output.mjs';
import { DATA } from './config.mjs';

/** Where to look and what to try. The token stands in a file, so that the lines stay short enough to read and paste. */
export function printSummary({ client, config, worker, reel, post }) {
  const file = join(DATA, 'demo.token');
  writeFileSync(file, client.token, { mode: 0o600 });
  const { api, sandbox, env } = config;
  const auth = '-H "Authorization: Bearer $TOKEN"';
  const body = `{"video_id": ${reel.id}, "caption": "Once more"}`;
  const width = api.length + '/ops/queues'.length;
  const row = (name, url, note = '') => say(`  ${name.padEnd(11)}${cyan(url.padEnd(width))}  ${dim(note)}`);
  say();
  row('Instagram', `${sandbox}/`, 'the emulator: what is live');
  row('API', `${api}/docs`, 'to read and to try');
  row('Queue', `${api}/ops/queues`, `${env.OPS_USER} / ${env.OPS_PASSWORD}`);
  row('Logs', '.data/logs/', 'api.log, worker.log, sandbox.log');
  say();
  say(`  TOKEN=$(cat ${relative(process.cwd(), file) || file})`);
  say(`  curl -s ${api}/api/instagram/posts ${auth}`);
  say(`  curl -s ${api}/api/instagram/posts/${post.post_id}/timeline ${auth}`);
  say(`  curl -s ${api}/api/instagram/post ${auth} -H 'Content-Type: application/json' -d '${body}'`);
  say();
  say(`  ${bold('Try it:')} kill -9 ${worker.pid} in the middle of a publish. It is live once, not twice, not never.`);
  say(`  ${bold('Ctrl-C')} ends everything; the data stays for the next time.`);
  say();
}
