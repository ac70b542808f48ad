import { graphTime } from './clock';
import { type FieldTable, project, type WantedField } from './fields';
import { type GraphCall } from './graph-call';
import { type Media } from './media';
import { type SandboxState } from './state';

interface View {
  state: SandboxState;
  call: GraphCall;
}

/** Where a browser sees it: `/p/` for posts, `/reel/` for reels, `/stories/{username}/` for stories. */
export function permalinkOf(state: SandboxState, media: Media): string {
  const base = state.settings.permalink_base ?? state.publicUrl;
  if (media.request.surface === 'STORY') {
    const username = state.world.accounts.get(media.account_id)?.username ?? 'unknown';
    return `${base}/stories/${username}/${media.id}/`;
  }
  return `${base}/${media.request.surface === 'REELS' ? 'reel' : 'p'}/${media.shortcode}/`;
}

/** Where the bytes are; what the caller gave us when nothing was fetched. An album shows its first item. */
export function mediaUrlOf(state: SandboxState, media: Media): string | undefined {
  const first = media.children[0];
  if (first) return mediaUrlOf(state, first);
  return media.file ? `${state.publicUrl}/files/${media.file.name}` : (media.request.source_url ?? undefined);
}

/** A still of a video: its cover, or a drawn one, since nothing here decodes frames. Videos only (§2.7). */
export function thumbnailUrlOf(state: SandboxState, media: Media): string | undefined {
  if (media.request.media_type !== 'VIDEO') return undefined;
  if (media.cover) return `${state.publicUrl}/files/${media.cover.name}`;
  return `${state.publicUrl}/files/thumbnails/${media.id}.jpg`;
}

const both: FieldTable<Media, View> = {
  id: (media) => media.id,
  caption: (media) => media.request.caption ?? undefined,
  media_type: (media) => media.request.media_type,
  media_product_type: (media) => media.request.surface,
  media_url: (media, { state }) => mediaUrlOf(state, media),
  thumbnail_url: (media, { state }) => thumbnailUrlOf(state, media),
  permalink: (media, { state }) => permalinkOf(state, media),
  shortcode: (media) => media.shortcode,
  timestamp: (media) => graphTime(media.published_at),
  username: (media, { state }) => state.world.accounts.get(media.account_id)?.username,
  owner: (media) => ({ id: media.account_id }),
  like_count: () => 0,
  comments_count: (media, { state }) => state.comments.of(media.id).length,
  is_comment_enabled: () => true,
  is_shared_to_feed: (media) => (media.request.surface === 'REELS' ? media.request.share_to_feed : undefined),
  alt_text: (media) => media.request.alt_text ?? undefined,
  is_ai_generated: (media) => media.request.is_ai_generated,
  media_audio_type: (media) => (media.request.surface === 'REELS' ? 'ORIGINAL_SOUND' : undefined),
  legacy_instagram_media_id: () => undefined,
  copyright_check_information: () => ({ status: { status: 'completed', matches_found: false } }),
  children: (media, view, wanted) => {
    if (media.children.length === 0) return undefined;
    return { data: media.children.map((child) => writeMedia(view.state, view.call, child, wanted.inner ?? [])) };
  },
};

const zero = (): number => 0;

/** IG Media on graph.facebook.com has a few counters more. */
const facebook: FieldTable<Media, View> = {
  ...both,
  boost_ads_list: () => undefined,
  boost_eligibility_info: () => undefined,
  reposts_count: zero,
  saved_count: zero,
  shares_count: zero,
  total_like_count: zero,
  total_comments_count: zero,
  total_views_count: zero,
};

/** The media with the wanted fields; fields that do not apply to it are left out. */
export function writeMedia(
  state: SandboxState,
  call: GraphCall,
  media: Media,
  wanted: WantedField[],
): Record<string, unknown> {
  const table = call.login === 'instagram' ? both : facebook;
  return project(media, wanted, table, { state, call }, 'ShadowIGMedia');
}
