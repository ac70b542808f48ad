import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { AssetRetentionSchedule } from '../../src/assets/asset-retention.schedule';
import { Settings } from '../../src/config/settings';
import { eventually, House, type Answer, type Client } from '../support/app';
import { ASSETS, complete, demo, presigned, send, uploaded } from './media-stage';

const POSTS = '/api/instagram/posts';

let house: House;
let ana: Client;
let worker: INestApplicationContext;
let photo: Buffer;

beforeAll(async () => {
  house = await House.open({ env: { MEDIA_RETENTION_DAYS: '7' } });
  ana = await house.connectedUser();
  worker = await house.startWorker();
  photo = await demo('photo.jpg');
});

afterAll(() => house.close());

const files = async () => {
  const { directory } = house.app.get(Settings).storage;
  return [...(await readdir(directory)), ...(await readdir(join(directory, '.incoming')))].filter(
    (name) => !name.startsWith('.'),
  );
};
const clear = () => worker.get(AssetRetentionSchedule).once();
const show = async (id: number) => (await ana.get(`${ASSETS}/${id}`)).body;
const errorOf = ({ status, body }: Answer) => [status, body.error_type];

/** As if all that was done so far had been done so many days ago. */
async function daysPass(days: number): Promise<void> {
  await house.query(`UPDATE assets SET created_at = created_at - $1 * interval '1 day'`, [days]);
  await house.query(`UPDATE posts SET updated_at = updated_at - $1 * interval '1 day'`, [days]);
}

async function posted(assetId: number, caption: string): Promise<number> {
  const { body } = await ana.post(POSTS, { asset_id: assetId, caption });
  await house.until(ana, body.id, ['completed']);
  // Until nothing is left to do, rows go on being touched.
  await eventually(
    () => house.query(`SELECT FROM posts WHERE id = $1 AND step = 'done'`, [body.id]),
    (rows) => rows.length > 0,
  );
  return body.id;
}

const scheduled = (assetId: number, caption: string) =>
  ana.post(POSTS, { asset_id: assetId, caption, scheduled_time: '2036-01-01T00:00:00Z' });

it('the file of a post that has ended is kept for as long as it is set, then deleted; the asset stays, expired', async () => {
  const { id, url } = await uploaded(ana, photo);
  await posted(id, 'kept for a week');
  await daysPass(6);
  await clear();
  expect(await show(id)).toMatchObject({ status: 'ready', url });
  await daysPass(2);
  await clear();
  expect(await show(id)).toMatchObject({ status: 'expired', url: null, width: 1080 });
  expect(await files()).toEqual([]);
  const again = await ana.post(POSTS, { asset_id: id, caption: 'once more' });
  expect(errorOf(again)).toEqual([422, 'validation_error']);
  expect(again.body.errors[0].message).toContain('was cleared away');
  expect((await ana.send('DELETE', `${ASSETS}/${id}`)).status).toBe(204);
});

it('a file is kept while any post still needs it, and where none ever showed it', async () => {
  const [draft, planned, carousel, unused] = await Promise.all([1, 2, 3, 4].map(() => uploaded(ana, photo)));
  for (const { id } of [draft, planned, carousel]) await posted(id, `first of ${id}`);
  await ana.post(POSTS, { asset_id: draft.id, caption: 'a draft', status: 'draft' });
  const plan = await scheduled(planned.id, 'planned');
  await ana.post(POSTS, {
    items: [{ asset_id: unused.id }, { asset_id: carousel.id }],
    caption: 'planned',
    scheduled_time: '2036-01-01T00:00:00Z',
  });
  await daysPass(30);
  await clear();
  for (const { id } of [draft, planned, carousel, unused]) expect(await show(id)).toMatchObject({ status: 'ready' });

  expect((await ana.send('DELETE', `${POSTS}/${plan.body.id}`)).status).toBe(204);
  await clear();
  expect(await show(planned.id)).toMatchObject({ status: 'ready' });
  await daysPass(8);
  await clear();
  expect(await show(planned.id)).toMatchObject({ status: 'expired' });
});

it('an asset that an open post needs can’t be deleted; the answer names the post', async () => {
  const { id } = await uploaded(ana, photo);
  const { body } = await scheduled(id, 'needs it');
  const refused = await ana.send('DELETE', `${ASSETS}/${id}`);
  expect(errorOf(refused)).toEqual([409, 'asset_in_use']);
  expect(refused.body.detail).toBe(`The asset is needed by post ${body.id} (scheduled).`);
  expect(await show(id)).toMatchObject({ status: 'ready' });
  await ana.send('DELETE', `${POSTS}/${body.id}`);
  expect((await ana.send('DELETE', `${ASSETS}/${id}`)).status).toBe(204);
});

it('of a delete and a post of the same asset at the same moment one is refused', async () => {
  for (let round = 0; round < 5; round++) {
    const { id } = await uploaded(ana, photo);
    const [gone, made] = await Promise.all([ana.send('DELETE', `${ASSETS}/${id}`), scheduled(id, `race ${round}`)]);
    const both = [gone.status, made.status].join();
    expect(['204,404', '409,201']).toContain(both);
  }
});

it('uploads that nobody completed are given up after a day, with what came of them', async () => {
  const before = await files();
  const ticket = await presigned(ana, { content_type: 'image/jpeg', size_bytes: photo.length });
  const empty = await presigned(ana, { content_type: 'image/jpeg', size_bytes: photo.length });
  const completed = await presigned(ana, { content_type: 'image/jpeg', size_bytes: photo.length });
  await send(ticket, photo);
  await send(completed, photo);
  await complete(ana, completed.asset_id);
  await clear();
  expect(await show(ticket.asset_id)).toMatchObject({ status: 'uploading' });
  await daysPass(1.1);
  await clear();
  for (const { asset_id } of [ticket, empty])
    expect(errorOf(await ana.get(`${ASSETS}/${asset_id}`))).toEqual([404, 'not_found']);
  expect((await send(ticket, photo)).status).toBe(404);
  expect(await show(completed.asset_id)).toMatchObject({ status: 'ready' });
  expect(await files()).toHaveLength(before.length + 1);
});

it('many workers clear many files once, and finish what one that died left behind', async () => {
  const other = await house.startWorker();
  const assets = await Promise.all(Array.from({ length: 8 }, () => uploaded(ana, photo)));
  await Promise.all(assets.map(({ id }) => posted(id, `of many ${id}`)));
  await daysPass(9);
  // As a worker that died between the row and the file leaves it.
  await house.query(`UPDATE assets SET status = 'expired' WHERE id = $1`, [assets[0].id]);
  await Promise.all([clear(), other.get(AssetRetentionSchedule).once()]);
  await clear();
  const rows = await house.query('SELECT FROM assets WHERE id = ANY($1) AND storage_key IS NULL', [
    assets.map(({ id }) => id),
  ]);
  expect(rows).toHaveLength(8);
  await house.stopWorker(other);
});

it('old fetches are forgotten', async () => {
  const { id } = await uploaded(ana, photo);
  await posted(id, 'long ago');
  await eventually(
    () => house.query('SELECT FROM media_fetches WHERE asset_id = $1', [id]),
    (rows) => rows.length > 0,
  );
  await house.query(`UPDATE media_fetches SET at = at - interval '31 days' WHERE asset_id = $1`, [id]);
  await clear();
  expect(await house.query('SELECT FROM media_fetches WHERE asset_id = $1', [id])).toEqual([]);
});

it('0 days keeps everything for ever', async () => {
  const { id } = await uploaded(ana, photo);
  await posted(id, 'for ever');
  await daysPass(10_000);
  const settings = worker.get(Settings).storage;
  const { retentionMs } = settings;
  settings.retentionMs = null;
  await clear();
  settings.retentionMs = retentionMs;
  expect(await show(id)).toMatchObject({ status: 'ready' });
});
