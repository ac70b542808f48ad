import { once } from 'node:events';
import { connect } from 'node:net';

/** Sends plain commands to a Redis and answers their first lines, without a client package. */
export async function askRedis(url, commands, timeout = 3_000) {
  const { hostname, port, username, password } = new URL(url);
  const auth = password ? [['AUTH', ...[username, password].filter(Boolean).map(decodeURIComponent)]] : [];
  const all = [...auth, ...commands];
  const socket = connect(Number(port || 6379), hostname.replace(/^\[|\]$/g, ''));
  socket.setTimeout(timeout, () => socket.destroy(new Error('Redis does not answer')));
  try {
    socket.write(all.map((words) => `*${words.length}\r\n${words.map(bulk).join('')}`).join(''));
    let lines = [];
    for (let text = ''; lines.length < all.length;) {
      const [chunk] = await once(socket, 'data');
      text += chunk;
      lines = text.split('\r\n').slice(0, -1);
    }
    const failed = lines.find((line) => line.startsWith('-'));
    if (failed) throw new Error(`Redis says: ${failed.slice(1)}`);
    return lines.slice(auth.length).map((line) => line.slice(1));
  } finally {
    socket.destroy();
  }
}

const bulk = (word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`;
