import { AppError, validationError } from '../common/app-error';
import type { AssetEntity, AssetProblem, AssetStatus } from './asset.entity';
import type { AssetView, AutoPostView } from './dto/asset-views.dto';
import type { MediaFacts } from './media-rules';

/** An asset as other rooms see it: the facts for mediaProblems(), and where it can be fetched. */
export interface Asset extends MediaFacts {
  id: number;
  /** Null: it isn't there yet, or not any more. */
  url: string | null;
  status: AssetStatus;
  title: string | null;
  altText: string | null;
  /** As its default target: a feed image or a reel. */
  problems: AssetProblem[];
  mended: string[];
  progress: number | null;
  errorMessage: string | null;
  warnings: string[];
  caption: string | null;
  autoPost: AutoPostView | null;
  createdAt: Date;
}

export function assetOf(row: AssetEntity, url: string | null): Asset {
  const { id, kind, status, title, altText, contentType, sizeBytes, width, height, durationSeconds, codecs, video } =
    row;
  const facts = { kind, contentType, sizeBytes, width, height, durationSeconds, codecs, video };
  const { problems, mended, progress, errorMessage, warnings, caption, createdAt } = row;
  const state = { id, url, status, title, altText, caption, autoPost: autoPostOf(row), createdAt };
  return { ...facts, ...state, problems, mended, progress, errorMessage, warnings };
}

function autoPostOf({ autoPost, autoPostId, autoPostErrorType, autoPostMessage }: AssetEntity): AutoPostView | null {
  if (autoPost === null) return null;
  return { status: autoPost, post_id: autoPostId, error_type: autoPostErrorType, message: autoPostMessage };
}

const RETRY_AFTER_SECONDS = 10;

/**
 * To make a post of.
 * @param pointer where it is named
 * @throws AppError `asset_not_ready` while its bytes are being mended, `validation_error` where they aren't there (any more)
 */
export function assertPostable(
  { id, status, progress }: Pick<Asset, 'id' | 'status' | 'progress'>,
  pointer: string,
): void {
  switch (status) {
    case 'ready':
    // One that could not be mended is what it was sent as, and its problems are told.
    case 'failed':
      return;
    case 'processing': {
      const done = progress ? ` (${progress} % done)` : '';
      throw new AppError('asset_not_ready', `Asset ${id} is still being mended${done}; it cannot be posted yet.`, {
        retry_after: RETRY_AFTER_SECONDS,
        action_required: `Wait until GET /api/instagram/assets/${id} says status ready.`,
      });
    }
    case 'uploading': {
      const message = `names asset ${id}, whose upload is not complete: send its bytes, then POST /assets/${id}/complete`;
      throw validationError([{ pointer, message }]);
    }
    case 'expired': {
      const message = `names asset ${id}, whose file was cleared away after its last post; upload it once more`;
      throw validationError([{ pointer, message }]);
    }
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
    problems: asset.problems.map(({ code, message, remedy = null }) => ({ code, message, remedy })),
    mended: asset.mended,
    progress: asset.progress,
    error_message: asset.errorMessage,
    warnings: asset.warnings,
    caption: asset.caption,
    auto_post: asset.autoPost,
    created_at: asset.createdAt.toISOString(),
  };
}
