import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { House, eventually, type Client } from '../support/app';
import { startMediaOrigin, type MediaOrigin } from '../support/sandbox';

const demo = (name: string) => readFileSync(join(__dirname, '../../demo', name));
const POSTS = '/api/instagram/posts';

/** A house with a worker, a user, and ten images and videos of which each has an address of its own. */
export class CarouselStage {
  private constructor(
    readonly house: House,
    readonly origin: MediaOrigin,
    readonly user: Client,
  ) {}

  static async open(): Promise<CarouselStage> {
    const files = Array.from({ length: 10 }, (_, at) => [
      [`/${at}.jpg`, demo('photo.jpg')],
      [`/${at}.mp4`, demo('reel.mp4')],
    ]);
    const origin = await startMediaOrigin(Object.fromEntries(files.flat()) as Record<string, Buffer>);
    const house = await House.open({ allow: [origin.url] });
    const user = await house.connectedUser();
    await house.startWorker();
    return new CarouselStage(house, origin, user);
  }

  async close(): Promise<void> {
    await this.house.close();
    await this.origin.close();
  }

  /** Forgets what happened before. */
  clear(): void {
    const { sandbox } = this.house;
    sandbox.state.faults.clear();
    sandbox.set({ processing_ms: 0 });
    sandbox.state.ledger.clear();
  }

  image(at: number): { image_url: string } {
    return { image_url: `${this.origin.url}/${at}.jpg` };
  }

  video(at: number): { video_url: string } {
    return { video_url: `${this.origin.url}/${at}.mp4` };
  }

  /** @returns the id of the post, which is being published */
  async publish(body: object): Promise<number> {
    const answer = await this.user.post('/api/instagram/post', body);
    expect(answer).toMatchObject({ status: 200, body: { success: true } });
    return answer.body.post_id;
  }

  async get(id: number) {
    return (await this.user.get(`${POSTS}/${id}`)).body;
  }

  async row(id: number): Promise<Record<string, unknown> | undefined> {
    return (await this.house.query('SELECT * FROM posts WHERE id = $1', [id]))[0];
  }

  /** The containers of items that were ever made, oldest first. */
  children() {
    return this.house.sandbox.effects('container_created').filter(({ children }) => !children);
  }

  live() {
    return this.house.sandbox.effects('media_published');
  }

  /** What followers see, in order: the paths that Instagram fetched the items of the one live post from. */
  shown(): string[] | undefined {
    const [effect, ...more] = this.live();
    expect(more).toEqual([]);
    const media = this.house.sandbox.state.media.find(effect?.media_id ?? '');
    expect(media?.children.map(({ container_id }) => container_id)).toEqual(effect?.children);
    return media?.children.map(({ request }) => new URL(request.source_url ?? '').pathname);
  }

  /** Whatever happened: nothing but whole carousels went live. */
  expectNoChildPublished(): void {
    const children = this.children().map(({ container_id }) => container_id);
    for (const effect of this.live()) {
      expect(effect.media_type).toBe('CAROUSEL_ALBUM');
      expect(children).not.toContain(effect.container_id);
    }
  }

  /** As if the pause of the retry policy were over, once so many calls have failed. */
  async skipThePause(id: number, kind: string, times = 1): Promise<void> {
    await eventually(
      async () => ((await this.row(id))?.failures as Record<string, number>)[kind],
      (count) => count === times,
    );
    await this.house.query(`UPDATE posts SET next_action_at = now() - interval '2 s' WHERE id = $1`, [id]);
  }
}
