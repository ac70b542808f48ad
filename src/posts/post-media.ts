import { Injectable } from '@nestjs/common';
import { assertPostable } from '../assets/asset';
import { AssetDelivery } from '../assets/asset-delivery';
import { AssetsService } from '../assets/assets.service';
import { MediaProbe, type UrlProbe } from '../assets/media-probe';
import { mediaProblems, type MediaFacts, type MediaTarget } from '../assets/media-rules';
import { wouldBeMended } from '../assets/mending-plan';
import { AppError, validationError } from '../common/app-error';
import type { Login } from '../graph';
import type { CreatePostBody } from './dto/create-post.dto';
import type { MediaKind, MediaType } from './post-rules';

/** A medium of a post: an asset of the user's, or somebody's public URL. */
export interface LocatedMedium {
  kind: MediaKind;
  assetId: number | null;
  url: string;
  /** Known before anything is fetched, for assets only. */
  facts: MediaFacts | null;
}

/** Where one medium comes from: a post that is no carousel, or an item of one. */
export type Source = Pick<CreatePostBody, 'video_id' | 'asset_id' | 'video_url' | 'image_url'>;

/** What a medium was found to be, and what may keep Instagram from fetching it. */
export type CheckedMedium = MediaFacts & { warnings?: string[] };

/** Finds a post's media and makes sure that Instagram can take them, before Instagram sees them. */
@Injectable()
export class PostMedia {
  constructor(
    private readonly assets: AssetsService,
    private readonly probe: MediaProbe,
    private readonly delivery: AssetDelivery,
  ) {}

  /** @throws AppError `media_unreachable` when one of our own files has no way to Instagram; nothing is asked of anybody */
  async checkDelivery(userId: number, { assetId }: LocatedMedium, login: Login): Promise<void> {
    const way = assetId === null ? null : await this.delivery.of(userId, assetId, login);
    if (way?.by === 'none') throw new AppError('media_unreachable', way.why, { action_required: way.remedy });
  }

  /** @throws AppError `not_found` for an asset that is not this user's, `asset_not_ready`, `validation_error` for one of the wrong kind */
  async locate(userId: number, source: Source): Promise<LocatedMedium> {
    if (source.video_url !== undefined) return { kind: 'video', assetId: null, url: source.video_url, facts: null };
    if (source.image_url !== undefined) return { kind: 'image', assetId: null, url: source.image_url, facts: null };
    const asset = await this.assets.find(userId, source.video_id ?? source.asset_id ?? 0);
    assertPostable(asset, source.video_id === undefined ? '/asset_id' : '/video_id');
    if (source.video_id !== undefined && asset.kind !== 'video')
      throw validationError([{ pointer: '/video_id', message: 'is the id of an image; send it as asset_id' }]);
    return { kind: asset.kind, assetId: asset.id, url: asset.url ?? '', facts: asset };
  }

  /**
   * @returns what it was found to be
   * @throws AppError `url_not_allowed`, `media_unreachable`, `media_invalid_format`, `media_too_large`, `media_aspect_ratio_error`
   */
  async check(medium: LocatedMedium, mediaType: MediaType, probe: UrlProbe = this.probe): Promise<CheckedMedium> {
    const facts: CheckedMedium = medium.facts ?? (await probe.probeUrl(medium.url));
    if (facts.kind !== medium.kind)
      throw new AppError(
        'media_invalid_format',
        `${medium.kind}_url leads to ${facts.contentType}, which is no ${medium.kind}.`,
        {
          action_required: `Send it as ${facts.kind}_url.`,
        },
      );
    const [first, ...others] = mediaProblems(facts, targetOf(mediaType, medium.kind));
    if (!first) return facts;
    const errors = [first, ...others].map(({ message }) => ({ pointer: '', message }));
    const isForLibrary = medium.assetId === null && wouldBeMended(facts);
    throw new AppError(first.code, first.message, {
      ...(others.length > 0 && { errors }),
      ...(isForLibrary && { action_required: 'Make an asset of it (POST /api/instagram/assets): it is mended there.' }),
    });
  }
}

function targetOf(mediaType: MediaType, kind: MediaKind): MediaTarget {
  if (mediaType === 'STORIES') return kind === 'video' ? 'story_video' : 'story_image';
  if (mediaType === 'CAROUSEL') return kind === 'video' ? 'carousel_video' : 'carousel_image';
  return kind === 'video' ? 'reel' : 'feed_image';
}
