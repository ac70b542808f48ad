import { bool, type Check, integer, listOf, oneOf, optional, orNull, recordOf, shape, text } from './checks';

/** What publishing the same container a second time does; Meta documents none of the three. */
export type RepublishPolicy = 'reject' | 'same_id' | 'duplicate';

/** Per cent of the allowance used, as in Meta's usage headers; `minutes` = estimated_time_to_regain_access. */
export interface Usage {
  call_count?: number;
  total_cputime?: number;
  total_time?: number;
  minutes?: number;
}

/** The daily limits of one account; what is left out is as for everybody. */
interface Quotas {
  quota_total?: number;
  containers_per_day?: number | null;
}

/** What can be changed while the sandbox runs (`POST /_sandbox/settings`). Times are milliseconds. */
export interface SandboxSettings {
  /** How long a video container stays IN_PROGRESS. */
  processing_ms: number;
  /** How long an image or carousel container stays IN_PROGRESS. */
  image_processing_ms: number;
  republish: RepublishPolicy;
  /** Posts per account and rolling 24 h; Meta's own pages say 100, 50 and, long ago, 25. */
  quota_total: number;
  /** Containers per account and rolling 24 h; null = no limit, for load tests. */
  containers_per_day: number | null;
  /** Other limits than these two for some accounts, by id. */
  account_quotas: Record<string, Quotas>;
  /** Added to every Graph answer. */
  latency_ms: number;
  /** false: media URLs are believed, never fetched or looked at; for load tests. */
  fetch_media: boolean;
  fetch_timeout_ms: number;
  /** The app's "Require App Secret" switch: Facebook tokens work with appsecret_proof only. */
  require_proof: boolean;
  /** Whether a token refresh answers the same string again. Meta documents neither. */
  refresh_keeps_token: boolean;
  /** Ids that are no Page with a location; any other number is taken for one. */
  unknown_locations: string[];
  /** What permalinks start with; null = this sandbox, where they open. */
  permalink_base: string | null;
  /** Values for the X-App-Usage header. */
  app_usage: Usage;
  /** Values for X-Business-Use-Case-Usage, by account id. */
  account_usage: Record<string, Usage>;
}

export const defaultSettings: SandboxSettings = {
  processing_ms: 2_000,
  image_processing_ms: 300,
  republish: 'reject',
  quota_total: 100,
  containers_per_day: 400,
  account_quotas: {},
  latency_ms: 0,
  fetch_media: true,
  fetch_timeout_ms: 10_000,
  require_proof: false,
  refresh_keeps_token: false,
  unknown_locations: [],
  permalink_base: null,
  app_usage: {},
  account_usage: {},
};

export const usageFields = {
  call_count: optional(integer()),
  total_cputime: optional(integer()),
  total_time: optional(integer()),
  minutes: optional(integer()),
};

const quotaFields = { quota_total: optional(integer()), containers_per_day: optional(orNull(integer())) };

/** The limits of this account. */
export function quotasOf(settings: SandboxSettings, accountId: string): Required<Quotas> {
  const { quota_total, containers_per_day } = settings;
  return { quota_total, containers_per_day, ...settings.account_quotas[accountId] };
}

/** Any part of the settings, as the control API takes it. */
export const settingsCheck: Check<Partial<SandboxSettings>> = shape({
  processing_ms: optional(integer()),
  image_processing_ms: optional(integer()),
  republish: optional(oneOf('reject', 'same_id', 'duplicate')),
  quota_total: optional(integer()),
  containers_per_day: optional(orNull(integer())),
  account_quotas: optional(recordOf(shape(quotaFields))),
  latency_ms: optional(integer()),
  fetch_media: optional(bool),
  fetch_timeout_ms: optional(integer(1)),
  require_proof: optional(bool),
  refresh_keeps_token: optional(bool),
  unknown_locations: optional(listOf(text)),
  permalink_base: optional(orNull(text)),
  app_usage: optional(shape(usageFields)),
  account_usage: optional(recordOf(shape(usageFields))),
});
