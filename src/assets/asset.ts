import type { AssetEntity } from './asset.entity';
import type { AssetView, AutoPostView } from './dto/asset-views.dto';
import type { MediaFacts, MediaProblem } from './media-rules';

/** An asset as other rooms see it: the facts for mediaProblems(), and where it can be fetched. */
export interface Asset extends MediaFacts {
  id: number;
  url: string;
  status: 'ready';
  title: string | null;
  altText: string | null;
  /** As its default target: a feed image or a reel. */
  problems: MediaProblem[];
  caption: string | null;
  autoPost: AutoPostView | null;
  createdAt: Date;
}

export function assetOf(row: AssetEntity, url: string): Asset {
  const { id, kind, status, title, altText, contentType, sizeBytes, width, height, durationSeconds, codecs, video } =
    row;
  const facts = { kind, contentType, sizeBytes, width, height, durationSeconds, codecs, video };
  return {
    ...facts,
    id,
    url,
    status,
    title,
    altText,
    problems: row.problems,
    caption: row.caption,
    autoPost: autoPostOf(row),
    createdAt: row.createdAt,
  };
}

function autoPostOf({ autoPost, autoPostId, autoPostErrorType, autoPostMessage }: AssetEntity): AutoPostView | null {
  if (autoPost === null) return null;
  return { status: autoPost, post_id: autoPostId, error_type: autoPostErrorType, message: autoPostMessage };
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
    caption: asset.caption,
    auto_post: asset.autoPost,
    created_at: asset.createdAt.toISOString(),
  };
}
