import { type SandboxClock } from './clock';
import { type ContainerRequest } from './container-rules';
import { type Ids, shortcodeOf } from './ids';
import { type MediaFile } from './media-files';
import { DAY_MS } from './tokens';

/** Published media (IG Media). */
export interface Media {
  id: string;
  shortcode: string;
  account_id: string;
  /** '' where no container of ours was: posted elsewhere. */
  container_id: string;
  request: ContainerRequest;
  published_at: number;
  file: MediaFile | null;
  cover: MediaFile | null;
  /** The items of an album, in order; each is media with an id of its own. */
  children: Media[];
  is_album_child: boolean;
  deleted: boolean;
}

type NewMedia = Pick<Media, 'account_id' | 'container_id' | 'request' | 'file' | 'cover'> & {
  children?: Media[];
  /** Left out: now. */
  published_at?: number;
};

/** What is live on each account, by id, by shortcode and in the order of publishing. */
export class MediaStore {
  private readonly byId = new Map<string, Media>();
  private readonly byShortcode = new Map<string, Media>();
  private readonly feeds = new Map<string, Media[]>();
  private readonly stories = new Map<string, Media[]>();

  constructor(
    private readonly clock: SandboxClock,
    private readonly ids: Ids,
  ) {}

  /** Media that belongs to an album and is in no list. */
  addChild(given: NewMedia): Media {
    const id = this.ids.next();
    const media: Media = {
      id,
      shortcode: shortcodeOf(id),
      published_at: this.clock.now(),
      is_album_child: true,
      deleted: false,
      ...given,
      children: given.children ?? [],
    };
    this.byId.set(id, media);
    this.byShortcode.set(media.shortcode, media);
    return media;
  }

  publish(given: NewMedia): Media {
    const media = this.addChild(given);
    media.is_album_child = false;
    const lists = media.request.surface === 'STORY' ? this.stories : this.feeds;
    const list = lists.get(media.account_id) ?? [];
    // At the end, but for what is posted with a time in the past.
    list.splice(list.findLastIndex((other) => other.published_at <= media.published_at) + 1, 0, media);
    lists.set(media.account_id, list);
    return media;
  }

  find(id: string): Media | undefined {
    const media = this.byId.get(id);
    return media?.deleted ? undefined : media;
  }

  withShortcode(code: string): Media | undefined {
    const media = this.byShortcode.get(code);
    return media?.deleted ? undefined : media;
  }

  /** Posts and reels, oldest first, the deleted ones among them: positions stay, so cursors stay good. */
  feedOf(accountId: string): readonly Media[] {
    return this.feeds.get(accountId) ?? [];
  }

  /** Stories of the last 24 hours, oldest first. */
  liveStoriesOf(accountId: string): Media[] {
    const since = this.clock.now() - DAY_MS;
    return (this.stories.get(accountId) ?? []).filter((story) => story.published_at > since && !story.deleted);
  }

  countOf(accountId: string): number {
    return this.feedOf(accountId).reduce((count, media) => count + (media.deleted ? 0 : 1), 0);
  }

  remove(media: Media): void {
    for (const gone of [media, ...media.children]) gone.deleted = true;
  }

  clear(): void {
    for (const part of [this.byId, this.byShortcode, this.feeds, this.stories]) part.clear();
  }
}
