import type { AssetEntity, AssetStatus } from './asset.entity';
import type { AssetView, AutoPostView } from './dto/asset-views.dto';
import type { MediaFacts, MediaProblem } from './media-rules';

/** An asset as other rooms see it: the facts for mediaProblems(), and where it can be fetched. */
export interface Asset extends MediaFacts {
  id: number;
  /** Null: it isn't there yet, or not any more. */
  url: string | null;
  status: AssetStatus;
  title: string | null;
  altText: string | null;
  /** As its default target: a feed image or a reel. */
  problems: MediaProblem[];
  warnings: string[];
  caption: string | null;
  autoPost: AutoPostView | null;
  createdAt: Date;
}

export function assetOf(row: AssetEntity, url: string | null): Asset {
  const { id, kind, status, title, altText, contentType, sizeBytes, width, height, durationSeconds, codecs, video } =
    row;
  const facts = { kind, contentType, sizeBytes, width, height, durationSeconds, codecs, video };
  const { problems, warnings, caption, createdAt } = row;
  return {
    ...facts,
    id,
    url,
    status,
    title,
    altText,
    problems,
    warnings,
    caption,
    autoPost: autoPostOf(row),
    createdAt,
  };
}

function autoPostOf({ autoPost, autoPostId, autoPostErrorType, autoPostMessage }: AssetEntity): AutoPostView | null {
  if (autoPost === null) return null;
  return { status: autoPost, post_id: autoPostId, error_type: autoPostErrorType, message: autoPostMessage };
}

/** Why a post can't be made of it; null: it can. */
export function whyNotPostable({ id, status }: Pick<Asset, 'id' | 'status'>): string | null {
  switch (status) {
    case 'ready':
      return null;
    case 'uploading':
      return `names asset ${id}, whose upload is not complete: send its bytes, then POST /assets/${id}/complete`;
    case 'expired':
      return `names asset ${id}, whose file was cleared away after its last post; upload it once more`;
  }
}

/** An asset as the API shows it. */
export function viewOf(asset: Asset): AssetView {
  return {
    id: asset.id,
    kind: asset.kind,
    url: asset.url,
    status: asset.status,
    title: asset.title,
    alt_text: asset.altText,
    content_type: asset.contentType,
    width: asset.width,
    height: asset.height,
    duration_seconds: asset.durationSeconds,
    size_bytes: asset.sizeBytes,
    codecs: asset.codecs,
    problems: asset.problems,
    warnings: asset.warnings,
    caption: asset.caption,
    auto_post: asset.autoPost,
    created_at: asset.createdAt.toISOString(),
  };
}
