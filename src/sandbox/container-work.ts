import { type Container } from './containers';
import { type ContainerRequest } from './container-rules';
import { type EffectTweaks } from './graph-call';
import { GraphError } from './graph-error';
import { imageProblem, MAX_IMAGE_BYTES, videoLimits, videoProblem } from './media-check';
import { FetchFailed } from './media-fetch';
import { type MediaFile } from './media-files';
import { publishingError, type PublishingSubcode } from './publishing-error';
import { type SandboxState } from './state';

/** What came of looking at the media: null = good. */
type Verdict = { subcode: number; reason: string } | null;

/** Fetches and judges an image; null when this sandbox does not fetch. Throws the publishing error that fits. */
export async function fetchImage(
  state: SandboxState,
  request: Pick<ContainerRequest, 'source_url' | 'surface'>,
): Promise<MediaFile | null> {
  const url = request.source_url;
  if (!state.settings.fetch_media || url === null) return null;
  const limits = { max_bytes: MAX_IMAGE_BYTES, timeout_ms: state.settings.fetch_timeout_ms };
  const file = await state.fetcher.fetch(url, 'jpg', limits).catch((error: unknown) => {
    throw fetchError(error, url, 2207004);
  });
  const problem = await imageProblem(file, request.surface !== 'FEED');
  if (!problem) return file;
  await state.files.discard(file.path);
  throw problem;
}

/** Starts what happens to a new container behind the caller's back, until it is FINISHED or ERROR. */
export function processContainer(state: SandboxState, container: Container, tweaks: EffectTweaks): void {
  const { media_type, resumable } = container.request;
  // Resumable: its bytes are still to come.
  if (resumable) return;
  if (media_type !== 'VIDEO' || !state.settings.fetch_media) return settleLater(state, container, tweaks, null);
  fetchVideo(state, container)
    .catch((error: unknown): Verdict => verdictOf(error))
    .then((verdict) => settleLater(state, container, tweaks, verdict))
    .catch(() => undefined);
}

/** As {@link processContainer}, for a video whose bytes are here. */
export function judgeVideo(state: SandboxState, container: Container, tweaks: EffectTweaks): void {
  const looked = state.settings.fetch_media ? inspect(container) : Promise.resolve(null);
  looked
    .catch((error: unknown): Verdict => verdictOf(error))
    .then((verdict) => settleLater(state, container, tweaks, verdict))
    .catch(() => undefined);
}

async function fetchVideo(state: SandboxState, container: Container): Promise<Verdict> {
  const { source_url, cover_url, surface } = container.request;
  if (source_url === null) return null;
  const limits = { max_bytes: videoLimits[surface].max_bytes, timeout_ms: state.settings.fetch_timeout_ms };
  container.media = await state.fetcher.fetch(source_url, 'mp4', limits).catch((error: unknown) => {
    throw fetchError(error, source_url, 2207026);
  });
  if (cover_url !== null) container.cover = await fetchImage(state, { source_url: cover_url, surface });
  return inspect(container);
}

async function inspect(container: Container): Promise<Verdict> {
  const { media, request } = container;
  if (!media) return null;
  const found = await videoProblem(media, videoLimits[request.surface]);
  if ('problem' in found) return { subcode: 2207026, reason: found.problem };
  if (request.thumb_offset >= found.facts.seconds * 1000 && request.thumb_offset > 0) {
    return { subcode: 2207057, reason: 'thumb_offset lies behind the end of the video' };
  }
  return null;
}

function settleLater(state: SandboxState, container: Container, tweaks: EffectTweaks, found: Verdict): void {
  if (tweaks.processing_ms === null) return;
  const usual = container.request.media_type === 'VIDEO' ? 'processing_ms' : 'image_processing_ms';
  const readyAt = (container.uploaded_at ?? container.created_at) + (tweaks.processing_ms ?? state.settings[usual]);
  const scripted = tweaks.container_error;
  const verdict = scripted === undefined ? found : { subcode: scripted, reason: 'a fault said so' };
  state.clock.after(readyAt - state.clock.now(), () => settle(state, container, verdict));
}

function settle(state: SandboxState, container: Container, verdict: Verdict): void {
  // After a reset nobody knows the container any more.
  if (state.containers.find(container.id) !== container || container.state !== 'IN_PROGRESS') return;
  container.state = verdict ? 'ERROR' : 'FINISHED';
  container.error_subcode = verdict?.subcode ?? null;
  container.reason = verdict?.reason ?? null;
  if (verdict && container.media) void state.files.discard(container.media.path);
  state.ledger.effect({
    kind: verdict ? 'container_failed' : 'container_finished',
    account_id: container.account_id,
    container_id: container.id,
    ...(verdict && { error_subcode: verdict.subcode, reason: verdict.reason }),
  });
}

function fetchError(error: unknown, url: string, tooLarge: PublishingSubcode): GraphError {
  if (!(error instanceof FetchFailed)) return publishingError(2207053);
  if (error.outcome === 'timeout') return publishingError(2207003);
  return error.outcome === 'too_large' ? publishingError(tooLarge) : publishingError(2207052, url);
}

function verdictOf(error: unknown): Verdict {
  if (error instanceof GraphError) {
    return { subcode: error.facts.subcode ?? 2207053, reason: error.facts.text ?? error.message };
  }
  return { subcode: 2207053, reason: error instanceof Error ? error.message : 'unknown' };
}
