import { storyOf, type SeenFetch } from '../relay/media-fetch';

/** A fetch of one of the post's files as its timeline tells it. */
export function fetchEntry(fetch: SeenFetch & { item: number }) {
  const { at, method, range, status, bytesSent, bytesWanted, durationMs, userAgent, isWhole, item } = fetch;
  return {
    at,
    kind: 'fetch' as const,
    summary: `Item ${item + 1}: ${storyOf(fetch)}`,
    detail: {
      item: item + 1,
      method,
      range,
      status,
      bytes_sent: bytesSent,
      bytes_wanted: bytesWanted,
      duration_ms: durationMs,
      whole: isWhole,
      user_agent: userAgent,
    },
  };
}
