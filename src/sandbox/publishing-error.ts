import { GraphError } from './graph-error';

interface Row {
  code: number;
  message: string;
  text: string;
}

/** Meta's publishing errors by subcode (instagram-graph-api.md §4.2). All of them are HTTP 400. */
const rows = {
  2207003: { code: -2, message: 'Timeout', text: 'It takes too long to download the media.' },
  2207006: { code: 24, message: 'Media not found', text: 'The media with this id cannot be found.' },
  2207008: {
    code: 24,
    message: 'The requested resource does not exist',
    text: 'The media builder with this creation id does not exist or has been expired.',
  },
  2207004: { code: 36000, message: 'The image size is too large.', text: 'The image should be less than 8 MiB.' },
  2207005: {
    code: 36001,
    message: 'The image format is not supported.',
    text: 'Please check spec for supported format: JPEG.',
  },
  2207009: {
    code: 36003,
    message: 'The aspect ratio is not supported.',
    text: 'Please submit an image with a valid aspect ratio: 4:5 to 1.91:1.',
  },
  2207010: { code: 36004, message: 'The caption was too long.', text: 'At most 2,200 characters and 30 hashtags.' },
  2207023: { code: 100, message: 'Unknown media type', text: 'The media type is unknown.' },
  2207026: {
    code: 352,
    message: 'The video format is not supported.',
    text: 'Please check spec for supported video format.',
  },
  2207027: {
    code: 9007,
    message: 'Media ID is not available',
    text: 'The media is not ready for publishing, please wait for a moment.',
  },
  2207028: {
    code: 100,
    message: 'Your post won’t work as a carousel.',
    text: 'Carousels need at least 2 photos or videos and no more than 10.',
  },
  2207032: { code: -1, message: 'Create media fail', text: 'Create media fail, please try to re-create media.' },
  2207035: { code: 100, message: 'Invalid product tag', text: 'Product tag positions are not allowed on videos.' },
  2207036: { code: 100, message: 'Invalid product tag', text: 'Product tag positions are required on photos.' },
  2207037: { code: 100, message: 'Invalid product tag', text: 'The product tags are invalid.' },
  2207040: { code: 100, message: 'Too many tags', text: 'Cannot use more than 20 tags per created media.' },
  2207042: {
    code: 9,
    message: 'Application request limit reached',
    text: 'You reached the maximum number of posts that is allowed to be published by Content Publishing API.',
  },
  2207050: { code: 25, message: 'The Instagram account is restricted.', text: 'Log in to the Instagram app.' },
  2207052: {
    code: 9004,
    message: 'Only photo or video can be accepted as media type.',
    text: 'The media could not be fetched from this URI.',
  },
  2207053: { code: -1, message: 'Unknown upload error', text: 'An unknown error happened during the upload.' },
  2207057: {
    code: 1,
    message: 'Invalid thumbnail offset',
    text: 'The thumbnail offset must be at least 0 and less than the video duration.',
  },
  2207067: {
    code: 100,
    message: 'The VIDEO value for media_type is no longer supported.',
    text: 'Use the REELS media type to publish a video to your Instagram feed.',
  },
  2207073: { code: -1, message: 'Media type not supported', text: 'This media type cannot be deleted.' },
  2207081: { code: 100, message: 'Account not eligible', text: 'This account is not eligible for trial reels.' },
} as const satisfies Record<number, Row>;

export type PublishingSubcode = keyof typeof rows;

/** The documented error of that subcode. `detail` is added to the sentence meant for people, as Meta does. */
export function publishingError(subcode: PublishingSubcode, detail?: string): GraphError {
  const { code, message, text } = rows[subcode];
  return new GraphError({
    http: 400,
    code,
    subcode,
    message,
    is_transient: false,
    title: message,
    text: detail ? `${text} ${detail}` : text,
  });
}
