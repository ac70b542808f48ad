import { join } from 'node:path';
import { ROOT } from '../install.mjs';

const AT_ONCE = 8;
/** Ada Baker, whom every emulator has. */
const PERSON = '122000000000000001';

/** Does `work` for every item, eight at a time. */
export async function forAll(items, work, atOnce = AT_ONCE) {
  const todo = items.map((item, i) => [item, i]);
  const hand = async () => {
    for (let next = todo.shift(); next; next = todo.shift()) await work(...next);
  };
  await Promise.all(Array.from({ length: atOnce }, hand));
}

/** Registers the house's user and signs its client in. */
export async function signIn(house) {
  const login = { email: 'chaos@example.com', password: 'four words from a book' };
  await house.client.post('/api/auth/register', login);
  house.client.token = (await house.client.post('/api/auth/login', login)).access_token;
}

/** New accounts in the emulator, connected to the house's user. Answers their ids. */
export async function connectAccounts(house, count) {
  const ids = Array.from({ length: count }, () => '');
  await forAll(ids, async (_, i) => {
    const account = { username: `chaos.${i + 1}`, page_name: `Chaos ${i + 1}`, person_id: PERSON };
    const { id } = await house.control('accounts', account);
    const { access_token } = await house.control('tokens', { account_id: id });
    await house.client.post('/api/instagram/manual-connect', { account_id: id, access_token });
    ids[i] = id;
  });
  return ids;
}

/** The demo's photo, or its reel, in the library. Answers the asset's id. */
export async function upload(house, kind) {
  const [file, type] = kind === 'reel' ? ['reel.mp4', 'video/mp4'] : ['photo.jpg', 'image/jpeg'];
  return (await house.client.upload('/api/instagram/assets/upload', join(ROOT, 'demo', file), type)).id;
}
