/** A medium on the account, as far as matching needs it. */
export interface Candidate {
  mediaId: string;
  mediaType: string;
  mediaProductType: string | null;
  caption: string | null;
  timestamp: Date | null;
}

/** What a live post without a media id looked like when it was sent. */
export interface Sought {
  mediaType: 'IMAGE' | 'REELS' | 'STORIES' | 'CAROUSEL';
  caption: string | null;
  since: Date;
}

/** Meta stamps whole seconds, by its own clock. */
const CLOCK_SLACK_MS = 10_000;

/**
 * The one medium that can be this post: of its type, with its caption, not older than the publish call, owned by no other
 * post of ours. Null when none or more than one fits: "the newest medium" is never taken for it.
 */
export function matchMedia(sought: Sought, candidates: Candidate[], ownedByOthers: ReadonlySet<string>): string | null {
  const fitting = candidates.filter(
    (medium) =>
      !ownedByOthers.has(medium.mediaId) &&
      hasType(medium, sought.mediaType) &&
      // Stories are read back without the caption; Instagram ignores it there.
      (sought.mediaType === 'STORIES' || text(medium.caption) === text(sought.caption)) &&
      medium.timestamp !== null &&
      medium.timestamp.getTime() >= sought.since.getTime() - CLOCK_SLACK_MS,
  );
  return fitting.length === 1 ? (fitting[0]?.mediaId ?? null) : null;
}

/** A reel reads back as VIDEO + REELS, a story as IMAGE or VIDEO + STORY (reference §2.7). */
function hasType(medium: Candidate, sought: Sought['mediaType']): boolean {
  switch (sought) {
    case 'REELS':
      return medium.mediaType === 'VIDEO' && medium.mediaProductType === 'REELS';
    case 'STORIES':
      return medium.mediaProductType === 'STORY';
    case 'IMAGE':
      return medium.mediaType === 'IMAGE' && medium.mediaProductType !== 'STORY';
    case 'CAROUSEL':
      return medium.mediaType === 'CAROUSEL_ALBUM';
  }
}

function text(caption: string | null): string {
  return (caption ?? '').normalize('NFC').replace(/\s+/g, ' ').trim();
}
