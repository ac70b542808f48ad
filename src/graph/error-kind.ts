import { type ErrorType } from '../common/app-error';

/**
 * The closed set of things that can go wrong between us and Meta. Where the contract has an `error_type` for it the
 * name is the same; `ERROR_TYPE_OF_KIND` names the contract's type for the rest.
 */
export const GRAPH_ERROR_KINDS = [
  'invalid_token',
  'token_expired',
  'permission_denied',
  'account_action_required',
  'account_not_business',
  'account_not_found',
  'action_blocked',
  'rate_limit_exceeded',
  'quota_exceeded',
  'media_invalid_format',
  'media_too_large',
  'media_aspect_ratio_error',
  'media_processing_error',
  'media_unreachable',
  'container_expired',
  'container_not_ready',
  'object_missing',
  'oauth_code_invalid',
  'validation_error',
  'network_error',
  'timeout_error',
  'instagram_error',
  'service_unavailable',
  'unknown',
] as const;

export type GraphErrorKind = (typeof GRAPH_ERROR_KINDS)[number];

/** The contract's `error_type` for each kind, for answers and posts. */
export const ERROR_TYPE_OF_KIND: Readonly<Record<GraphErrorKind, ErrorType>> = {
  invalid_token: 'invalid_token',
  token_expired: 'token_expired',
  permission_denied: 'permission_denied',
  account_action_required: 'permission_denied',
  account_not_business: 'account_not_business',
  account_not_found: 'account_not_found',
  action_blocked: 'permission_denied',
  rate_limit_exceeded: 'rate_limit_exceeded',
  quota_exceeded: 'rate_limit_exceeded',
  media_invalid_format: 'media_invalid_format',
  media_too_large: 'media_too_large',
  media_aspect_ratio_error: 'media_aspect_ratio_error',
  media_processing_error: 'media_processing_error',
  media_unreachable: 'media_unreachable',
  container_expired: 'media_processing_error',
  container_not_ready: 'media_processing_error',
  object_missing: 'not_found',
  oauth_code_invalid: 'oauth_code_invalid',
  validation_error: 'validation_error',
  network_error: 'network_error',
  timeout_error: 'timeout_error',
  instagram_error: 'instagram_error',
  service_unavailable: 'service_unavailable',
  unknown: 'unknown',
};

/**
 * What helps, before a publish call was ever sent. After one, only the container's status may decide.
 * `retry` the same call later · `retry_then_rebuild` the same call, then a new container · `rebuild` a new container ·
 * `wait` until the limit or the container frees · `verify` look before anything else, the write may stand ·
 * `account` nothing until a person acts on the account, its login or the app · `fail` the content or request must change.
 */
export type Remedy = 'retry' | 'retry_then_rebuild' | 'rebuild' | 'wait' | 'verify' | 'account' | 'fail';

/** Whom an error is about: this call only, every call of the account, or every call of our app. */
export type ErrorScope = 'call' | 'account' | 'app';

/** One line of Meta's error list, with our reading of it (reference §4.2, §4.3, §8). */
export interface GraphErrorRow {
  code: number | null;
  /** Null: any subcode that has no row of its own. */
  subcode: number | null;
  /** The row stands for `code` to `codeTo`, both included. */
  codeTo?: number;
  kind: GraphErrorKind;
  remedy: Remedy;
  /** Default `call`. */
  scope?: ErrorScope;
  /** How often the remedy is worth trying; left out: the retry policy's own number. */
  maxRetries?: number;
  /** How long to leave the account alone when Meta gives no time of its own. */
  waitSeconds?: number;
  /** Meta answers this although the write took effect. */
  writeHappened?: boolean;
  /** `documented` by Meta, or only `observed` in recorded answers. */
  source: 'documented' | 'observed';
  /** For a person, in our words: who did what, and what to do now. */
  advice: string;
}
