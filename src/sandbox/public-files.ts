import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type FastifyInstance, type FastifyReply } from 'fastify';
import sharp from 'sharp';
import { type Media } from './media';
import { gridPage } from './pages/grid';
import { noticePage, postPage } from './pages/post';
import { type SandboxState } from './state';

/** What a browser sees: the grid, the page of each post, and the bytes that were published. */
export function addPublicPages(server: FastifyInstance, state: SandboxState): void {
  const show = (reply: FastifyReply, media: Media | undefined): FastifyReply => {
    reply.type('text/html; charset=utf-8');
    if (media) return reply.send(postPage(state, media));
    return reply.code(404).send(noticePage('This page isn’t available', 'The link is broken, or the post is gone.'));
  };
  server.get('/', (_request, reply) => reply.type('text/html; charset=utf-8').send(gridPage(state)));
  for (const path of ['/p/:code', '/p/:code/', '/reel/:code', '/reel/:code/']) {
    server.get<{ Params: { code: string } }>(path, (request, reply) =>
      show(reply, state.media.withShortcode(request.params.code)),
    );
  }
  server.get<{ Params: { id: string } }>('/stories/:username/:id/', (request, reply) =>
    show(reply, state.media.find(request.params.id)),
  );
  server.get<{ Params: { name: string } }>('/files/:name', (request, reply) =>
    sendFile(state.files.pathOf(request.params.name), request.headers.range, reply),
  );
  for (const kind of ['avatars', 'thumbnails']) {
    server.get<{ Params: { name: string } }>(`/files/${kind}/:name`, async (request, reply) =>
      reply
        .type('image/jpeg')
        .header('cache-control', 'max-age=3600')
        .send(await drawn(request.params.name)),
    );
  }
}

/** A file or the part of it that a video player asks for (RFC 9110 §14). */
async function sendFile(path: string | null, range: string | undefined, reply: FastifyReply): Promise<FastifyReply> {
  const found = path && (await stat(path).catch(() => null));
  if (!path || !found) return reply.code(404).send({ error: 'There is no such file.' });
  reply.type(path.endsWith('.mp4') ? 'video/mp4' : 'image/jpeg');
  reply.header('accept-ranges', 'bytes').header('cache-control', 'max-age=3600');
  const asked = range && /^bytes=(\d*)-(\d*)$/.exec(range);
  if (!asked || found.size === 0) {
    return reply.header('content-length', found.size).send(createReadStream(path));
  }
  const [, from = '', to = ''] = asked;
  const start = from === '' ? Math.max(0, found.size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? found.size - 1 : Math.min(Number(to), found.size - 1);
  if (start > end) return reply.code(416).header('content-range', `bytes */${found.size}`).send();
  reply.code(206).header('content-range', `bytes ${start}-${end}/${found.size}`);
  return reply.header('content-length', end - start + 1).send(createReadStream(path, { start, end }));
}

/** A picture for what has none: two colours that follow from the name. */
async function drawn(name: string): Promise<Buffer> {
  const hue = [...name].reduce((sum, char) => (sum * 31 + (char.codePointAt(0) ?? 0)) % 360, 7);
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="320"><defs><linearGradient id="g" x2="1" y2="1">' +
    `<stop stop-color="hsl(${hue}, 72%, 60%)"/><stop offset="1" stop-color="hsl(${(hue + 50) % 360}, 68%, 44%)"/>` +
    '</linearGradient></defs><rect width="320" height="320" fill="url(#g)"/>' +
    '<circle cx="160" cy="160" r="54" fill="#fff" fill-opacity=".35"/></svg>';
  return sharp(Buffer.from(svg)).jpeg({ quality: 85 }).toBuffer();
}
