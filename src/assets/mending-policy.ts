/** How often mending a video is tried, and what its user is told in the end. Decides, and does nothing else. */

/** Of these, what a deploy or a crash cut short are some, too. */
export const MAX_ATTEMPTS = 5;
const RETRY_AFTER_MS = 10_000;

/** What ended an attempt. `refused`: ffmpeg cannot read the file; `unmended`: it could, and Instagram would still refuse it. */
export type Failure = 'refused' | 'unmended' | 'unreadable' | 'timeout' | 'interrupted' | 'other';

const WORDS: Readonly<Record<Failure, string>> = {
  refused: 'The video could not be converted: it seems to be damaged. Export it again, as MP4 with H.264 and AAC.',
  unmended: 'The video was converted, and Instagram would refuse it still. Export it again, as MP4 with H.264 and AAC.',
  unreadable: 'The video could not be fetched to be converted. Add it again.',
  timeout: 'Converting the video took too long. Export it again, as MP4 with H.264 and AAC, or make it shorter.',
  interrupted: 'Converting the video was interrupted time and again. Add it again.',
  other: 'Converting the video failed, time and again. Add it again.',
};

/** @param attempts those that have begun, this one included */
export function afterFailure(
  failure: Failure,
  attempts: number,
): { status: 'failed'; message: string } | { status: 'processing'; inMs: number } {
  // The same file ends the same way; the others may have been the machine's fault.
  const isFinal = ['refused', 'unmended', 'timeout'].includes(failure) || attempts >= MAX_ATTEMPTS;
  if (isFinal) return { status: 'failed', message: WORDS[failure] };
  return { status: 'processing', inMs: failure === 'interrupted' ? 0 : RETRY_AFTER_MS * attempts };
}
