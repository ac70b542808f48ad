/** What any route may answer that takes a post's content, besides its own errors. */
export const CREATE_ERRORS = [
  'malformed_json',
  'validation_error',
  'url_not_allowed',
  'media_invalid_format',
  'media_too_large',
  'media_aspect_ratio_error',
  'media_unreachable',
  'not_found',
  'account_not_found',
  'account_not_connected',
  'duplicate_post',
  'external_id_taken',
  'unsupported_media_type',
  'payload_too_large',
] as const;
