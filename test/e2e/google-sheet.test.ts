import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SchedulerRegistry } from '@nestjs/schedule';
import { DataSource } from 'typeorm';
import { Notifier } from '../../src/notify/notifier';
import { eventually, House, type Client } from '../support/app';
import { SHEET_ID, startGoogle, type FakeGoogle } from '../support/google';
import { BAKERY, startMediaOrigin, type MediaOrigin } from '../support/sandbox';
import { laterOn } from './notify-stage';

const photo = readFileSync(join(__dirname, '../../demo/photo.jpg'));

jest.setTimeout(60_000);

describe('a Google Sheet of what was published', () => {
  let google: FakeGoogle;
  let origin: MediaOrigin;
  let house: House;
  let user: Client;
  let teller: Notifier;
  let rows: DataSource;

  beforeAll(async () => {
    google = await startGoogle();
    origin = await startMediaOrigin({ '/photo.jpg': photo });
    house = await House.open({
      allow: [google.url, origin.url],
      env: {
        GOOGLE_SHEETS_ID: SHEET_ID,
        GOOGLE_SERVICE_ACCOUNT_JSON: google.keyFile,
        GOOGLE_SHEETS_URL: google.url,
      },
    });
    user = await house.connectedUser();
    const worker = await house.startWorker();
    worker.get(SchedulerRegistry).deleteInterval('notify');
    teller = worker.get(Notifier);
    rows = worker.get(DataSource);
  }, 60_000);
  afterAll(async () => {
    await house.close();
    await Promise.all([google.close(), origin.close()]);
  });
  beforeEach(() => {
    google.rows.length = 0;
    google.requests.length = 0;
    google.mishaps.length = 0;
  });

  const publish = async (caption: string) => {
    const { post_id } = (await user.post('/api/instagram/post', { image_url: `${origin.url}/photo.jpg`, caption }))
      .body;
    return eventually(
      async () => (await user.get(`/api/instagram/posts/${post_id}`)).body,
      ({ permalink }) => permalink !== null,
    );
  };
  const delivery = async (postId: number) => {
    const [found] = await rows.query(
      `SELECT n.status, n.attempts, n.error FROM notifications n JOIN events e ON e.id = n.event_id
       WHERE n.channel = 'google_sheet' AND e.post_id = $1`,
      [postId],
    );
    return found as { status: string; attempts: number; error: string | null };
  };

  it('gets one row for each published post, as plain text, and none twice', async () => {
    const post = await publish('=HYPERLINK("https://evil.example")');
    await teller.tell();
    await teller.tell();
    expect(google.rows).toEqual([
      [
        post.posted_at,
        post.id,
        BAKERY,
        post.permalink,
        '=HYPERLINK("https://evil.example")',
        'IMAGE',
        'sandbox.bakery',
      ],
    ]);
    const appends = google.requests.filter(({ method }) => method === 'POST');
    expect(appends).toHaveLength(1);
    expect(appends[0]?.query.get('valueInputOption')).toBe('RAW');
    expect(await delivery(post.id)).toMatchObject({ status: 'sent', attempts: 1 });
    // Nobody is told by any other way.
    const others = await rows.query(
      `SELECT n.channel FROM notifications n JOIN events e ON e.id = n.event_id
       WHERE e.post_id = $1 AND n.channel <> 'google_sheet'`,
      [post.id],
    );
    expect(others).toEqual([]);
  });

  it('uses one access token for many rows', async () => {
    const before = google.tokens;
    await publish('One');
    await publish('Two');
    await teller.tell();
    expect(google.rows).toHaveLength(2);
    expect(google.tokens - before).toBeLessThanOrEqual(1);
  });

  it('is looked into before a row is sent again that may have got there', async () => {
    google.mishaps.push('drop_after');
    const post = await publish('Lost answer');
    await teller.tell();
    expect(await delivery(post.id)).toMatchObject({ status: 'waiting', attempts: 1 });
    await laterOn(house);
    await teller.tell();
    expect(await delivery(post.id)).toMatchObject({ status: 'sent', attempts: 2, error: null });
    expect(google.rows).toHaveLength(1);
  });

  it('gets the row of a worker that died between the row and its mark only once', async () => {
    const post = await publish('Died in between');
    await teller.tell();
    await rows.query(
      `UPDATE notifications SET status = 'waiting', sent_at = NULL, next_attempt_at = now() - interval '1 second'
       WHERE channel = 'google_sheet' AND event_id IN (SELECT id FROM events WHERE post_id = $1)`,
      [post.id],
    );
    await teller.tell();
    expect(await delivery(post.id)).toMatchObject({ status: 'sent', attempts: 2 });
    expect(google.rows).toHaveLength(1);
  });

  it('is tried again where Google fails, and the post is what it was', async () => {
    google.mishaps.push('refuse', 'forget_token');
    const post = await publish('Refused twice');
    await teller.tell();
    expect(await delivery(post.id)).toMatchObject({ status: 'waiting', error: expect.stringContaining('503') });
    await laterOn(house);
    await teller.tell();
    expect(await delivery(post.id)).toMatchObject({ status: 'waiting', error: expect.stringContaining('401') });
    expect((await delivery(post.id)).error).not.toContain('ya29');
    await laterOn(house);
    await teller.tell();
    expect(await delivery(post.id)).toMatchObject({ status: 'sent', attempts: 3 });
    expect(google.rows).toHaveLength(1);
    expect((await user.get(`/api/instagram/posts/${post.id}`)).body).toMatchObject({
      status: 'completed',
      error_type: null,
    });
  });
});
