import type { AssetEntity, AssetProblem, AssetStatus } from './asset.entity';
import type { AssetView } from './dto/asset-views.dto';
import type { MediaFacts } from './media-rules';

/** An asset as other rooms see it: the facts for mediaProblems(), and where it can be fetched. */
export interface Asset extends MediaFacts {
  id: number;
  url: string;
  status: AssetStatus;
  title: string | null;
  altText: string | null;
  /** As its default target: a feed image or a reel. */
  problems: AssetProblem[];
  mended: string[];
  progress: number | null;
  errorMessage: string | null;
  createdAt: Date;
}

export function assetOf(row: AssetEntity, url: string): Asset {
  const { id, kind, status, title, altText, contentType, sizeBytes, width, height, durationSeconds, codecs, video } =
    row;
  const facts = { kind, contentType, sizeBytes, width, height, durationSeconds, codecs, video };
  const { problems, mended, progress, errorMessage, createdAt } = row;
  return { ...facts, id, url, status, title, altText, problems, mended, progress, errorMessage, createdAt };
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
    problems: asset.problems.map(({ code, message, remedy = null }) => ({ code, message, remedy })),
    mended: asset.mended,
    progress: asset.progress,
    error_message: asset.errorMessage,
    created_at: asset.createdAt.toISOString(),
  };
}
