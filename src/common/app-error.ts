/** Every `error_type` a client can meet, with its HTTP status. The contract's table; `docs/errors.md` explains each. */
export const HTTP_STATUS = {
  malformed_json: 400,
  media_invalid_format: 400,
  media_too_large: 400,
  media_aspect_ratio_error: 400,
  media_processing_error: 400,
  media_unreachable: 400,
  account_not_business: 400,
  oauth_state_invalid: 400,
  oauth_denied: 400,
  oauth_code_invalid: 400,
  no_instagram_account: 400,
  redirect_not_allowed: 400,
  invalid_cursor: 400,
  unauthorized: 401,
  invalid_token: 401,
  token_expired: 401,
  permission_denied: 403,
  forbidden: 403,
  not_found: 404,
  account_not_found: 404,
  account_not_connected: 404,
  method_not_allowed: 405,
  account_selection_required: 409,
  asset_not_ready: 409,
  post_not_editable: 409,
  post_not_cancelable: 409,
  post_not_retryable: 409,
  duplicate_post: 409,
  external_id_taken: 409,
  email_taken: 409,
  asset_in_use: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  validation_error: 422,
  url_not_allowed: 422,
  rate_limit_exceeded: 429,
  unknown: 500,
  network_error: 502,
  instagram_error: 502,
  service_unavailable: 503,
  timeout_error: 504,
} as const;

export type ErrorType = keyof typeof HTTP_STATUS;

/** One problem with one field of a request; `pointer` is an RFC 6901 JSON pointer into the body or `?name` of the query. */
export interface FieldProblem {
  pointer: string;
  message: string;
}

/** What an error may say besides its sentence; see the contract's error shape. */
export interface ErrorExtras {
  action_required?: string;
  instagram_error_code?: number;
  instagram_error_subcode?: number;
  fbtrace_id?: string;
  /** Seconds; also sent as the `Retry-After` header. */
  retry_after?: number;
  errors?: FieldProblem[];
  /** Answer fields of one error type, such as `available_accounts` of `account_selection_required`. */
  [field: string]: unknown;
}

/** The one error that services throw: a type from the table, a sentence for a person, and what else helps. */
export class AppError extends Error {
  constructor(
    readonly errorType: ErrorType,
    readonly detail: string,
    readonly extras: ErrorExtras = {},
    /** Another one only where HTTP itself asks for it, such as 416. */
    readonly status: number = HTTP_STATUS[errorType],
  ) {
    super(`${errorType}: ${detail}`);
    this.name = 'AppError';
  }
}

/** So that an answer doesn't outgrow a request that is wrong everywhere. */
export const MOST_PROBLEMS_TOLD = 100;

/** All problems of a request at once. */
export function validationError(errors: FieldProblem[]): AppError {
  const first = errors[0];
  const detail =
    errors.length === 1 && first
      ? `${first.pointer || 'The request'}: ${first.message}`
      : `The request has ${errors.length} problems; see errors.`;
  return new AppError('validation_error', detail, { errors: errors.slice(0, MOST_PROBLEMS_TOLD) });
}

export function notFound(what: string): AppError {
  return new AppError('not_found', `There is no such ${what}.`);
}
