import { type Media } from '../media';
import { mediaUrlOf, thumbnailUrlOf } from '../media-fields';
import { type SandboxState } from '../state';
import { html, type Html } from './html';

/** The real thing: an `<img>` or a `<video>`. In the grid videos play by themselves, silently and over and over. */
export function mediaView(state: SandboxState, media: Media, where: 'grid' | 'page'): Html {
  const url = mediaUrlOf(state, media);
  const isVideo = (media.children[0] ?? media).request.media_type === 'VIDEO';
  if (!isVideo) return html`<img src="${url}" alt="${media.request.alt_text ?? ''}" loading="lazy" />`;
  if (where === 'page') {
    return html`<video
      src="${url}"
      poster="${thumbnailUrlOf(state, media)}"
      controls
      autoplay
      muted
      loop
      playsinline
    ></video>`;
  }
  return html`<video src="${url}" autoplay muted loop playsinline preload="metadata"></video>`;
}

const REEL = html`<svg viewBox="0 0 24 24"><path d="M8 5.5v13l11-6.500z" /></svg>`;
const ALBUM = html`<svg viewBox="0 0 24 24">
  <path
    d="M8 3h11a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2H8a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zM3 7v12a2 2 0 0 0 2 2h12v-1.500H5.500a1 1 0 0 1-1-1V7z"
  />
</svg>`;

/** The corner mark that tells a reel and an album from a photo. */
export function badge(media: Media): Html | null {
  if (media.children.length > 0) return html`<span class="badge" title="Carousel">${ALBUM}</span>`;
  return media.request.media_type === 'VIDEO' ? html`<span class="badge" title="Reel">${REEL}</span>` : null;
}
