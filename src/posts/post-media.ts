import { Injectable } from '@nestjs/common';
import { AssetDelivery } from '../assets/asset-delivery';
import { AssetsService } from '../assets/assets.service';
import { MediaProbe } from '../assets/media-probe';
import { mediaProblems, type MediaFacts, type MediaTarget } from '../assets/media-rules';
import { AppError, validationError } from '../common/app-error';
import type { Login } from '../graph';
import type { CreatePostBody } from './dto/create-post.dto';
import { eachItem } from './each-item';
import type { MediaKind, MediaType } from './post-rules';

/** A medium of a post: an asset of the user's, or somebody's public URL. */
export interface LocatedMedium {
  kind: MediaKind;
  assetId: number | null;
  url: string;
  /** Known before anything is fetched, for assets only. */
  facts: MediaFacts | null;
}

/** Finds a post's media and makes sure that Instagram can take them, before Instagram sees them. */
@Injectable()
export class PostMedia {
  constructor(
    private readonly assets: AssetsService,
    private readonly probe: MediaProbe,
    private readonly delivery: AssetDelivery,
  ) {}

  /** @throws AppError `not_found` for an asset that is not this user's, `validation_error` for one of the wrong kind */
  async locate(userId: number, body: CreatePostBody): Promise<LocatedMedium[]> {
    if (body.items === undefined) return [await this.locateOne(userId, body)];
    return eachItem(body.items, (item) => this.locateOne(userId, item));
  }

  /** @throws AppError `url_not_allowed`, `media_unreachable`, `media_invalid_format`, `media_too_large`, `media_aspect_ratio_error` */
  async check(media: LocatedMedium[], mediaType: MediaType): Promise<void> {
    if (mediaType === 'CAROUSEL') await eachItem(media, (medium) => this.checkOne(medium, mediaType));
    else for (const medium of media) await this.checkOne(medium, mediaType);
  }

  /** @throws AppError `media_unreachable` when one of our own files has no way to Instagram; nothing is asked of anybody */
  async checkDelivery(userId: number, media: LocatedMedium[], login: Login): Promise<void> {
    for (const { assetId } of media) {
      const way = assetId === null ? null : await this.delivery.of(userId, assetId, login);
      if (way?.by === 'none') throw new AppError('media_unreachable', way.why, { action_required: way.remedy });
    }
  }

  private async locateOne(userId: number, body: Source): Promise<LocatedMedium> {
    if (body.video_url !== undefined) return { kind: 'video', assetId: null, url: body.video_url, facts: null };
    if (body.image_url !== undefined) return { kind: 'image', assetId: null, url: body.image_url, facts: null };
    const asset = await this.assets.find(userId, body.video_id ?? body.asset_id ?? 0);
    if (body.video_id !== undefined && asset.kind !== 'video')
      throw validationError([{ pointer: '/video_id', message: 'is the id of an image; send it as asset_id' }]);
    return { kind: asset.kind, assetId: asset.id, url: asset.url, facts: asset };
  }

  private async checkOne(medium: LocatedMedium, mediaType: MediaType): Promise<void> {
    const facts = medium.facts ?? (await this.probe.probeUrl(medium.url));
    if (facts.kind !== medium.kind)
      throw new AppError(
        'media_invalid_format',
        `${medium.kind}_url leads to ${facts.contentType}, which is no ${medium.kind}.`,
        {
          action_required: `Send it as ${facts.kind}_url.`,
        },
      );
    const [first, ...others] = mediaProblems(facts, targetOf(mediaType, medium.kind));
    if (!first) return;
    const errors = [first, ...others].map(({ message }) => ({ pointer: '', message }));
    throw new AppError(first.code, first.message, others.length > 0 ? { errors } : {});
  }
}

type Source = Pick<CreatePostBody, 'video_id' | 'asset_id' | 'video_url' | 'image_url'>;

function targetOf(mediaType: MediaType, kind: MediaKind): MediaTarget {
  if (mediaType === 'STORIES') return kind === 'video' ? 'story_video' : 'story_image';
  if (mediaType === 'CAROUSEL') return kind === 'video' ? 'carousel_video' : 'carousel_image';
  return kind === 'video' ? 'reel' : 'feed_image';
}
