import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from '../install.mjs';
import { Advice, bold, cyan, dim, green, red, say } from '../output.mjs';
import { isEnding } from '../shutdown.mjs';
import { checkChildren, clock, hush } from './children.mjs';

const PATIENCE_MS = 120_000;
const ENDS = ['completed', 'failed', 'canceled', 'missed', 'needs_review'];

export async function uploadMedia(client) {
  const upload = (file, type) => client.upload('/api/instagram/assets/upload', join(ROOT, 'demo', file), type);
  return { reel: await upload('reel.mp4', 'video/mp4'), photo: await upload('photo.jpg', 'image/jpeg') };
}

/** Publishes the reel and shows every step until it is live. */
export async function publishReel(client, asset) {
  const start = Date.now();
  const caption = `Made on ${new Date().toLocaleString('en-GB')}, published once. #reliability`;
  const { post_id: id } = await client.post('/api/instagram/post', { video_id: asset.id, caption });
  hush(id);
  say(`${bold('▸')} Publishing the reel: post ${id}`);
  let shown = 0;
  for (; Date.now() - start < PATIENCE_MS; await sleep(200)) {
    if (isEnding()) return null;
    checkChildren();
    const { timeline } = await client.get(`/api/instagram/posts/${id}/timeline`);
    for (const entry of timeline.slice(shown)) say(step(entry, start));
    shown = timeline.length;
    const post = await client.get(`/api/instagram/posts/${id}/status`);
    if (!ENDS.includes(post.status)) continue;
    if (post.status !== 'completed') throw new Advice(`Post ${id} ended as ${post.status}: ${post.error_message}`);
    // It is live; its address is read right after.
    if (!post.permalink && Date.now() - Date.parse(post.updated_at) < 3_000) continue;
    const took = ((Date.now() - start) / 1000).toFixed(1);
    say(`${green('✓')} ${bold('Live')} after ${took} s: ${cyan(post.permalink ?? post.instagram_post_id)}`);
    return post;
  }
  throw new Advice(`Post ${id} is not live after ${PATIENCE_MS / 1000} s.`);
}

function step({ at, kind, summary }, start) {
  const seconds = Math.max(0, (Date.parse(at) - start) / 1000).toFixed(1);
  const text = { state: bold(summary), call: cyan(summary), decision: dim(summary) }[kind] ?? summary;
  return `  ${dim(`${seconds.padStart(5)} s`)}  ${text}`;
}

/** Schedules the photo a minute ahead, on a whole second. */
export async function schedulePhoto(client, asset) {
  const at = new Date(Math.ceil(Date.now() / 1000) * 1000 + 60_000);
  const scheduled_time = at.toISOString().replace('.000Z', 'Z');
  const caption = `Due at ${scheduled_time}, to the second.`;
  const { post_id } = await client.post('/api/instagram/schedule', { asset_id: asset.id, caption, scheduled_time });
  hush(post_id);
  say(`${green('✓')} The photo is scheduled: post ${post_id} goes live at ${clock(at)}`);
  return { id: post_id, at };
}

/** Says when the scheduled photo is live, and how punctual it was. */
export async function reportPhoto(client, { id, at }) {
  for (;;) {
    await sleep(1_000, null, { ref: false });
    if (isEnding()) return;
    // While the API is being restarted it doesn't answer: ask again.
    const post = await client.get(`/api/instagram/posts/${id}`).catch(() => null);
    if (!post || !ENDS.includes(post.status)) continue;
    if (post.status !== 'completed') {
      say(`${clock()} ${red(`The scheduled photo (post ${id}) ended as ${post.status}: ${post.error_message}`)}`);
      return;
    }
    const late = ((Date.parse(post.posted_at) - at.getTime()) / 1000).toFixed(1);
    say(`${clock()} ${green('✓')} The scheduled photo is live, ${late} s after its second: ${cyan(post.permalink)}`);
    return;
  }
}
